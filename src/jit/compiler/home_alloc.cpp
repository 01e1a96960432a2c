// The allocation of homes; see home_alloc.h.
#include "jit/compiler/home_alloc.h"

#include <algorithm>
#include <bit>

namespace wisp::jit {

namespace {

// What calls cost a local in a caller-saved register: loads, and the cheaper of the two ways to
// store.
int64_t call_cost(const LocalInfo& info, uint64_t calls) {
  return static_cast<int64_t>(calls + std::min(calls, info.set_weight));
}

}  // namespace

HomeAllocator::HomeAllocator(const HomeRegisters& registers) {
  auto add = [](Pins& pins, auto caller_saved, auto callee_saved) {
    for (auto pin : caller_saved) pins.codes.push_back(pin.code);
    for (auto pin : callee_saved) {
      pins.callee_saved |= uint32_t{1} << pins.codes.size();
      pins.codes.push_back(pin.code);
    }
  };
  add(gprs_, registers.caller_saved, registers.callee_saved);
  add(fprs_, registers.caller_saved_floats, registers.callee_saved_floats);
}

void HomeAllocator::Pins::begin() {
  used = full = 0;
  life_counts.fill(0);
  lives.clear();
}

// Looks at all lives without a jump for each, which would be hard to predict.
uint32_t HomeAllocator::Pins::available_for(const Life& life) const {
  uint32_t taken = full;
  for (const Taken& other : lives) {
    const bool overlaps = (life.first <= other.life.last) & (other.life.first <= life.last);
    taken |= overlaps ? other.pin : 0;
  }
  return ((uint32_t{1} << codes.size()) - 1) & ~taken;
}

void HomeAllocator::Pins::take(uint32_t pin, const Life& life) {
  lives.push_back({life, uint32_t{1} << pin});
  used |= uint32_t{1} << pin;
  if (++life_counts[pin] == kMaxLives) full |= uint32_t{1} << pin;
}

HomeAllocator::Candidate HomeAllocator::candidate_of(const FuncSummary& summary, uint32_t local,
                                                     Home& home) const {
  const LocalInfo& info = summary.locals[local];
  bool is_param = local < summary.param_count;
  bool is_defined_first =
      !is_param && info.set_block != kNone32 && info.last <= summary.blocks[info.set_block].end;
  Candidate candidate{local,
                      {info.first, info.last},
                      info.calls_before_last - info.calls_before_first,
                      static_cast<int64_t>(info.weight)};
  uint32_t loop = is_defined_first ? info.inner_loop : info.outermost_loop;
  uint64_t calls_at_end = info.calls_before_last;
  if (loop != kNone32) {
    candidate.life.last = summary.loops[loop].end;
    calls_at_end = summary.loops[loop].calls_before_end;
  }
  if (!is_defined_first) candidate.life.first = 0;
  candidate.calls = calls_at_end - (is_defined_first ? info.calls_before_first : 0);
  home = Home{};
  home.type = info.type;
  home.last = candidate.life.last;
  home.needs_zero = !is_param && !is_defined_first;
  home.is_live_at_entry = !is_defined_first;
  return candidate;
}

bool HomeAllocator::place(const Candidate& candidate, const LocalInfo& info, Pins& pins,
                          Home& home) {
  constexpr int64_t kSaveAndRestore = 2;
  const uint32_t available = pins.available_for(candidate.life);
  const int64_t cost = call_cost(info, candidate.calls);
  // Best first: at no cost, by what is saved already, by the cheaper of calls and saving.
  const uint32_t caller_saved = available & ~pins.callee_saved;
  const uint32_t saved = available & pins.callee_saved & pins.used;
  const uint32_t unsaved = available & pins.callee_saved & ~pins.used;
  uint32_t best = caller_saved;
  int64_t best_cost = cost;
  if (saved != 0 && (caller_saved == 0 || cost != 0)) {
    best = saved;
    best_cost = 0;
  } else if (unsaved != 0 && (caller_saved == 0 || cost > kSaveAndRestore)) {
    best = unsaved;
    best_cost = kSaveAndRestore;
  }
  if (best == 0 || candidate.weight <= best_cost) return false;
  const auto pin = static_cast<uint32_t>(std::countr_zero(best));
  pins.take(pin, candidate.life);
  home.kind = is_float(home.type) ? Home::Kind::kFpr : Home::Kind::kGpr;
  home.code = pins.codes[pin];
  if ((best & pins.callee_saved) == 0 && candidate.calls != 0) {
    home.is_write_through = info.set_weight < candidate.calls;
    home.slot = 0;  // numbered by the caller
  }
  return true;
}

HomeResult HomeAllocator::allocate(const FuncSummary& summary, bool use_registers,
                                   std::vector<Home>& homes) {
  if (homes.size() < summary.local_types.size()) homes.resize(summary.local_types.size());
  gprs_.begin();
  fprs_.begin();
  candidates_.clear();
  for (uint32_t local : summary.touched)
    candidates_.push_back(candidate_of(summary, local, homes[local]));
  auto is_heavier = [](const Candidate& a, const Candidate& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.local < b.local;
  };
  // The light ones of very many stay in the frame without being sorted.
  auto middle = candidates_.end();
  if (candidates_.size() > kMaxSorted) {
    middle = candidates_.begin() + kMaxSorted;
    std::nth_element(candidates_.begin(), middle, candidates_.end(), is_heavier);
  }
  std::sort(candidates_.begin(), middle, is_heavier);
  HomeResult result;
  for (size_t i = 0; i < candidates_.size(); ++i) {
    const Candidate& candidate = candidates_[i];
    bool may_place = use_registers && i < kMaxSorted;
    Home& home = homes[candidate.local];
    Pins& pins = is_float(home.type) ? fprs_ : gprs_;
    if (!may_place || !place(candidate, summary.locals[candidate.local], pins, home)) {
      home.kind = Home::Kind::kFrame;
      home.slot = 0;
    }
    if (home.slot == 0) home.slot = static_cast<int32_t>(result.slots++);
    result.needs_zeros |= home.needs_zero;
    if (home.kind == Home::Kind::kGpr) result.used_gprs.add(home.code);
    if (home.kind == Home::Kind::kFpr) result.used_fprs.add(home.code);
  }
  return result;
}

}  // namespace wisp::jit
