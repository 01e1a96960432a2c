#include "tests/spec/spectest.h"

#include "jit/runtime/memory.h"
#include "jit/runtime/table.h"

namespace wisp::spec {
namespace {

jit::TrapCode do_nothing(void*, uint64_t*) { return jit::TrapCode::kNone; }

}  // namespace

Namespace make_spectest(jit::Store& store) {
  using jit::Mutability;
  using enum jit::ValueType;
  Namespace items;
  auto add_print = [&](const char* name, std::vector<jit::ValueType> params) {
    items.emplace(name, store.add_host_function({std::move(params), {}}, &do_nothing, nullptr));
  };
  add_print("print", {});
  add_print("print_i32", {kI32});
  add_print("print_i64", {kI64});
  add_print("print_f32", {kF32});
  add_print("print_f64", {kF64});
  add_print("print_i32_f32", {kI32, kF32});
  add_print("print_f64_f64", {kF64, kF64});
  auto add_global = [&](const char* name, jit::ValueType type, uint64_t value) {
    items.emplace(name, store.add_global({type, Mutability::kConst}, value));
  };
  add_global("global_i32", kI32, 666);
  add_global("global_i64", kI64, 666);
  add_global("global_f32", kF32, 0x4426a666);
  add_global("global_f64", kF64, 0x4084d4cccccccccd);
  items.emplace("table", store.add_table({kFuncRef, {10, 20}}).value());
  items.emplace("memory", store.add_memory({{1, 2}}).value());
  return items;
}

Namespace make_wasmtime(jit::Store& store) {
  Namespace items;
  items.emplace("gc", store.add_host_function({}, &do_nothing, nullptr));
  return items;
}

}  // namespace wisp::spec
