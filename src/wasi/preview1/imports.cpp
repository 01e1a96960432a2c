#include "wasi/preview1/imports.h"

#include <array>
#include <optional>
#include <string>

#include "component/link/import_advice.h"
#include "jit/runtime/memory.h"
#include "jit/runtime/table.h"
#include "platform/printable.h"
#include "wasi/preview1/functions.h"

namespace wisp::wasi::preview1 {

namespace {

using component::UnknownImports;

constexpr std::string_view kModule = "wasi_snapshot_preview1";

std::string name_of(const jit::Import& import) {
  return std::string(import.module) + "." + std::string(import.name);
}

// By its index among all functions; nothing: it is none of them.
std::optional<size_t> find_function(const jit::Import& import) {
  if (import.module != kModule || import.kind != jit::ExternKind::kFunc) return std::nullopt;
  for (size_t i = 0; i < functions().size(); i++) {
    if (functions()[i].name == import.name) return i;
  }
  return std::nullopt;
}

std::string advice_for(const jit::Import& import) {
  if (import.module == "wasi_unstable") {
    return ": that is older than preview 1; rebuild the module with a current toolchain, for "
           "example for wasm32-wasip1";
  }
  if (import.module == "wasi" && import.name == "thread-spawn") return "; Wisp has no threads";
  if (import.module != kModule) return "";
  std::vector<std::string_view> names;
  for (const Function& function : functions()) names.push_back(function.name);
  const std::string_view nearest = component::nearest_name(import.name, names);
  return nearest.empty() ? "" : "; the nearest is `" + std::string(nearest) + "`";
}

// Everything that nobody provides, in one error.
jit::TrapCode trap(void* environment, uint64_t*) {
  const auto& import = *static_cast<const UnknownImport*>(environment);
  import.store.set_trap(jit::TrapCode::kHost,
                        "unknown import: " + quoted(import.name) + " is not provided");
  return jit::TrapCode::kHost;
}

jit::TrapCode return_zeros(void* environment, uint64_t* values) {
  const auto& import = *static_cast<const UnknownImport*>(environment);
  for (size_t i = 0; i < import.results; i++) values[i] = 0;
  return jit::TrapCode::kNone;
}

jit::FuncRef* stand_for_function(Process& process, const jit::Import& import,
                                 const jit::FuncType& type, UnknownImports unknown) {
  UnknownImport& stand_in = process.unknown_imports.emplace_back(
      UnknownImport{process.store, name_of(import), type.results.size()});
  const jit::HostCode code = unknown == UnknownImports::kTrap ? &trap : &return_zeros;
  return process.store.add_host_function(type, code, &stand_in);
}

// Of the smallest size, and zero.
Result<jit::Extern> stand_for(Process& process, const jit::Module& module,
                              const jit::Import& import, UnknownImports unknown) {
  jit::Store& store = process.store;
  switch (import.kind) {
    case jit::ExternKind::kFunc:
      return jit::Extern(stand_for_function(
          process, import, module.types[std::get<uint32_t>(import.type)], unknown));
    case jit::ExternKind::kTable:
      return jit::Extern(WISP_TRY(store.add_table(std::get<jit::TableType>(import.type))));
    case jit::ExternKind::kMemory:
      return jit::Extern(WISP_TRY(store.add_memory(std::get<jit::MemoryType>(import.type))));
    case jit::ExternKind::kGlobal:
      return jit::Extern(store.add_global(std::get<jit::GlobalType>(import.type), 0));
  }
  return Error(ErrorCode::kLink, quoted(name_of(import)) + " is not provided");
}

jit::FuncRef* add_function(Process& process, const Function& function) {
  jit::FuncType type;
  type.params.assign(function.parameters.begin(), function.parameters.end());
  if (function.returns) type.results.push_back(jit::ValueType::kI32);
  return process.store.add_host_function(type, function.code, &process);
}

}  // namespace

Result<void> refuse_unknown(const jit::Module& module) {
  constexpr size_t kMostShown = 50;
  std::vector<const jit::Import*> unknown;
  for (const jit::Import& import : module.imports) {
    if (!find_function(import)) unknown.push_back(&import);
  }
  if (unknown.empty()) return {};
  std::string message = unknown.size() == 1
                            ? "the module cannot be linked: "
                            : std::to_string(unknown.size()) + " imports cannot be linked:";
  for (size_t i = 0; i < unknown.size() && i < kMostShown; i++) {
    if (unknown.size() > 1) message += "\n  ";
    message += quoted(name_of(*unknown[i])) + " is not provided" + advice_for(*unknown[i]);
  }
  if (unknown.size() > kMostShown) message += "\n  and others";
  return Error(ErrorCode::kLink, std::move(message));
}

Result<std::vector<jit::Extern>> link_imports(Process& process, const jit::Module& module,
                                              component::UnknownImports unknown) {
  std::vector<jit::FuncRef*> made(functions().size());  // each once
  std::vector<jit::Extern> given;
  given.reserve(module.imports.size());
  for (const jit::Import& import : module.imports) {
    const std::optional<size_t> index = find_function(import);
    if (!index) {
      given.push_back(WISP_TRY(stand_for(process, module, import, unknown)));
      continue;
    }
    jit::FuncRef*& function = made[*index];
    if (function == nullptr) function = add_function(process, functions()[*index]);
    given.emplace_back(function);
  }
  return given;
}

}  // namespace wisp::wasi::preview1
