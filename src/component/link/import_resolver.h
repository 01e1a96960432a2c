// ImportResolver: finds what each import of one component resolves to, and gathers everything that
// is wrong.
//
// What the component uses must be there and of its type. What it only declares is looked at as well
// (import_check.cpp): nothing of another sort or type may be provided under its name. It may be
// missing altogether where it is a function of an interface with a version, since later versions
// have more functions than earlier ones.
//
// Private to the component layer: see ComponentLinker.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "component/link/component_linker.h"

namespace wisp::component {

class ImportResolver {
 public:
  ImportResolver(const ComponentLinker& linker, const Component& component)
      : linker_(linker), component_(component) {}

  Result<ResolvedImports> run();

 private:
  using Entry = ComponentLinker::Entry;
  using Path = std::span<const std::string_view>;

  // What an import stands for.
  struct Found {
    const HostItem* item = nullptr;
    void* context = nullptr;  // of `item`
    const ExportDefinition* exported = nullptr;
    ComponentInstance* instance = nullptr;  // of `exported`
    // Given to the linker, or that of `exported`.
    const std::shared_ptr<const jit::CompiledModule>* module = nullptr;
    bool is_interface = false;  // an instance of the root

    explicit operator bool() const {
      return item != nullptr || exported != nullptr || module != nullptr || is_interface;
    }
  };

  const RuntimeResourceType* resolve_resource(const ResourceDefinition& resource);
  ResolvedImports::Function resolve_function(const ImportedFunction& function);
  ResolvedImports::Module resolve_module(const ImportedModule& module);

  // The entries of the name that answers best; they stay until the next call.
  void select_entries(std::string_view name);
  // The item of this sort at the end of a path that begins at an import. Nothing: a problem was
  // reported, unless the policy for unknown imports is another.
  Found find(uint32_t import, Path path, ExternSort sort);
  // The same without a report.
  Found look_up(uint32_t import, Path path, ExternSort sort);
  Found find_in(const Entry& entry, Path path, ExternSort sort) const;
  void check_module(const std::string& name, const ModuleType& wanted, const jit::Module& given);

  // --- What is declared, used or not (import_check.cpp)
  void check_declared();
  void check(uint32_t import, std::vector<std::string_view>& path, const ExternType& type);
  void check_resource(uint32_t import, Path path, const ExternType& type);
  // Whether something is there, but of another sort: reported.
  bool is_of_another_sort(uint32_t import, Path path, ExternSort sort);
  static const jit::Module* module_of(const Found& found);

  void report(std::string problem);
  void report_signature(uint32_t import, const HostItem& given, const FuncType& wanted);
  void report_interface(std::string_view name);
  void report_item(std::string_view interface, std::string_view name, ExternSort sort);
  std::string import_name(uint32_t import, Path path) const;
  std::string resource_name(const RuntimeResourceType* type) const;

  const ComponentLinker& linker_;
  const Component& component_;
  ResolvedImports resolved_;
  std::vector<std::string> problems_;
  std::vector<const Entry*> selected_;
  uint32_t selected_for_ = kNoIndex;  // import
};

}  // namespace wisp::component
