#include "tests/spec/spectest.h"

namespace wisp::spec {

Namespace make_spectest(CoreEngine& engine) {
  using jit::Mutability;
  using enum jit::ValueType;
  Namespace items;
  auto add_print = [&](const char* name, std::vector<jit::ValueType> params) {
    items.emplace(name, engine.add_host_function(std::move(params)));
  };
  add_print("print", {});
  add_print("print_i32", {kI32});
  add_print("print_i64", {kI64});
  add_print("print_f32", {kF32});
  add_print("print_f64", {kF64});
  add_print("print_i32_f32", {kI32, kF32});
  add_print("print_f64_f64", {kF64, kF64});
  auto add_global = [&](const char* name, jit::ValueType type, uint64_t value) {
    items.emplace(name, engine.add_global({type, Mutability::kConst}, value));
  };
  add_global("global_i32", kI32, 666);
  add_global("global_i64", kI64, 666);
  add_global("global_f32", kF32, 0x4426a666);
  add_global("global_f64", kF64, 0x4084d4cccccccccd);
  items.emplace("table", engine.add_table({kFuncRef, {10, 20}}));
  items.emplace("memory", engine.add_memory({{1, 2}}));
  return items;
}

Namespace make_wasmtime(CoreEngine& engine) {
  Namespace items;
  items.emplace("gc", engine.add_host_function({}));
  return items;
}

}  // namespace wisp::spec
