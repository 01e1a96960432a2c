#include "component/host/host_call.h"

#include <cstdlib>
#include <new>

#include "component/abi/place.h"
#include "component/abi/strings.h"
#include "component/host/host_codec.h"
#include "component/host/host_types.h"

namespace wisp::component {

jit::TrapCode report_trap(jit::Store& store, const CallState& call) {
  // Where a guest below trapped, the store has the text and the backtrace already.
  if (call.trap_message() != nullptr) store.set_trap(call.code(), *call.trap_message());
  return call.code();
}

jit::TrapCode HostCall::report() { return report_trap(*environment_->store, *this); }

// A handle that is lent, in memory of the call; or a block of such memory, which begins with it.
struct alignas(8) HostCall::Debt {
  Debt* next;
  uint32_t lent_index;  // 0: a block
  size_t size_bytes;    // of a block, with this
};

MemoryBudget* HostCall::memory_budget() const {
  return environment_ == nullptr ? nullptr : environment_->table->memory_budget();
}

void* HostCall::allocate_block(size_t size_bytes) {
  size_bytes += sizeof(Debt);
  if (MemoryBudget* budget = memory_budget(); budget != nullptr && !budget->take(size_bytes)) {
    trap("the memory budget has no room for what is handed to the host (--memory-budget)");
    return nullptr;
  }
  debts_ = new (::operator new(size_bytes)) Debt{debts_, 0, size_bytes};
  return debts_ + 1;
}

// The last comes first: what lies in a block was made after it.
void HostCall::settle() {
  while (debts_ != nullptr) {
    Debt* debt = debts_;
    debts_ = debt->next;
    if (debt->lent_index == 0) {
      if (MemoryBudget* budget = memory_budget()) budget->give_back(debt->size_bytes);
      ::operator delete(debt);
    } else if (Handle* handle = table().find(debt->lent_index)) {
      handle->give_back();
    }
  }
}

bool HostCall::out_of_fuel() {
  trap("too much data handed to the host in one call (hostcall-fuel)");
  return false;
}

bool HostCall::cannot_leave() {
  trap("cannot leave component instance");
  return false;
}

bool HostCall::lift_string(uint32_t address, uint32_t tagged_length, std::string_view& result) {
  SourceString source;
  if (!lift_source_string(*this, options(), address, tagged_length, source)) [[unlikely]]
    return false;
  if (!charge(source.size_bytes())) [[unlikely]]
    return false;
  const uint8_t* bytes = source.bytes;
  size_t size = source.units;
  if (source.encoding != SourceEncoding::kUtf8) {
    auto* out = static_cast<uint8_t*>(allocate(max_utf8_size(source)));
    if (out == nullptr) [[unlikely]]
      return false;
    size = write_utf8(source, out);
    bytes = out;
  }
  result = {reinterpret_cast<const char*>(bytes), size};
  return true;
}

bool HostCall::lower_string(std::string_view utf8, uint32_t& address, uint32_t& tagged_length) {
  return lower_utf8(*this, options(), utf8, address, tagged_length);
}

bool HostCall::lend(Handle& handle, uint32_t index) {
  void* memory = allocate(sizeof(Debt));  // which may be a debt itself
  if (memory == nullptr) [[unlikely]]
    return false;
  if (!handle.lend()) [[unlikely]] {
    trap("a handle is lent too often in one call");
    return false;
  }
  debts_ = new (memory) Debt{debts_, index, 0};
  return true;
}

HostResource* HostCall::refuse_handle(const RuntimeResourceType* type, uint32_t index) {
  find_handle(*this, table(), type, index);  // says what is wrong with it
  return nullptr;
}

HostResource* HostCall::take(const RuntimeResourceType* type, uint32_t index) {
  Handle* handle = find_handle(*this, table(), type, index);
  if (handle == nullptr) [[unlikely]]
    return nullptr;
  if (handle->is_borrow()) [[unlikely]] {
    trap("cannot lift own resource from a borrow");
    return nullptr;
  }
  if (handle->lend_count() != 0) [[unlikely]] {
    trap("cannot remove owned resource while borrowed");
    return nullptr;
  }
  HostResource* object = handle->object();
  if (object->child_count() != 0) [[unlikely]] {
    trap("resource has children");
    return nullptr;
  }
  table().remove(index);
  return object;
}

uint32_t HostCall::give(const RuntimeResourceType* type, HostResource* object) {
  if (object == nullptr) [[unlikely]] {
    trap("the host returned a resource that is not there");
    return 0;
  }
  const uint32_t index = table().insert(type, reinterpret_cast<uintptr_t>(object));
  if (index == 0) [[unlikely]]
    trap(table().refusal());
  return index;
}

namespace detail {

bool bad_discriminant(HostCall& call) {
  call.trap("invalid variant discriminant");
  return false;
}

}  // namespace detail
}  // namespace wisp::component
