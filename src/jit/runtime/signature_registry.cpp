#include "jit/runtime/signature_registry.h"

#include "platform/check.h"

namespace wisp::jit {

size_t SignatureRegistry::Hash::operator()(const FuncType& type) const {
  uint64_t hash = type.params.size();
  auto mix = [&](ValueType value) { hash = (hash ^ static_cast<uint8_t>(value)) * 0x100000001b3; };
  for (ValueType value : type.params) mix(value);
  for (ValueType value : type.results) mix(value);
  return hash;
}

uint32_t SignatureRegistry::id_of(const FuncType& type) {
  std::lock_guard lock(mutex_);
  auto [position, is_new] = ids_.try_emplace(type, static_cast<uint32_t>(types_.size() + 1));
  if (is_new) types_.push_back(type);
  return position->second;
}

const FuncType& SignatureRegistry::type_of(uint32_t id) const {
  std::lock_guard lock(mutex_);
  WISP_CHECK(id != 0 && id <= types_.size());
  return types_[id - 1];
}

}  // namespace wisp::jit
