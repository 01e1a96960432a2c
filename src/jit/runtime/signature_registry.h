// SignatureRegistry: one small number per function type, the same in every module of an engine.
//
// call_indirect compares these numbers, so two modules that share a table must agree. 0 is never
// given out: it marks a null table entry. Types live as long as the registry.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "jit/wasm/types.h"

namespace wisp::jit {

class SignatureRegistry {
 public:
  uint32_t id_of(const FuncType& type);
  const FuncType& type_of(uint32_t id) const;

 private:
  struct Hash {
    size_t operator()(const FuncType& type) const;
  };

  mutable std::mutex mutex_;
  std::deque<FuncType> types_;  // by id - 1; a deque, so that references stay
  std::unordered_map<FuncType, uint32_t, Hash> ids_;
};

}  // namespace wisp::jit
