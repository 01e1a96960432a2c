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

Result<uint32_t> SignatureRegistry::hold(const FuncType& type) {
  std::lock_guard lock(mutex_);
  auto known = types_.find(type);
  if (known == types_.end()) {
    if (last_id_ == ~uint32_t{0}) {
      return Error(ErrorCode::kLimit,
                   "this engine has seen 4294967295 function types and has no "
                   "number left for another: use a new one");
    }
    known = types_.try_emplace(type).first;
    known->second.id = ++last_id_;
    by_id_.emplace(last_id_, &*known);
  }
  known->second.users++;
  return known->second.id;
}

void SignatureRegistry::release(const std::vector<uint32_t>& ids) {
  std::vector<Types::node_type> unused;  // destroyed without the lock: that may unmap code
  std::lock_guard lock(mutex_);
  for (uint32_t id : ids) {
    const auto at = by_id_.find(id);
    WISP_CHECK(at != by_id_.end());
    if (--at->second->second.users != 0) continue;
    unused.push_back(types_.extract(at->second->first));
    by_id_.erase(at);
  }
}

SignatureRegistry::Types::value_type& SignatureRegistry::find(uint32_t id) const {
  const auto at = by_id_.find(id);
  WISP_CHECK(at != by_id_.end());
  return *at->second;
}

const FuncType& SignatureRegistry::type_of(uint32_t id) const {
  std::lock_guard lock(mutex_);
  return find(id).first;
}

SignatureRegistry::Trampolines SignatureRegistry::trampolines_of(uint32_t id) const {
  std::lock_guard lock(mutex_);
  return find(id).second.trampolines;
}

void SignatureRegistry::set_entry(uint32_t id, const void* entry,
                                  std::shared_ptr<const PublishedCode> code) {
  std::lock_guard lock(mutex_);
  Signature& signature = find(id).second;
  signature.trampolines.entry = entry;
  signature.entry_code = std::move(code);
}

void SignatureRegistry::set_exit(uint32_t id, const void* exit,
                                 std::shared_ptr<const PublishedCode> code) {
  std::lock_guard lock(mutex_);
  Signature& signature = find(id).second;
  signature.trampolines.exit = exit;
  signature.exit_code = std::move(code);
}

size_t SignatureRegistry::size() const {
  std::lock_guard lock(mutex_);
  return types_.size();
}

}  // namespace wisp::jit
