// The allocation of homes; see home_alloc.h.
#include "jit/compiler/home_alloc.h"

#include <algorithm>

namespace wisp::jit {

namespace {

bool overlaps(uint32_t first, uint32_t last, uint32_t other_first, uint32_t other_last) {
  return first <= other_last && other_first <= last;
}

// What calls cost a local in a caller-saved register: loads, and the cheaper of the two ways to
// store.
int64_t call_cost(const LocalInfo& info, uint64_t calls) {
  return static_cast<int64_t>(calls + std::min(calls, info.set_weight));
}

}  // namespace

HomeAllocator::HomeAllocator(const HomeRegisters& registers) {
  auto add = [](std::vector<Pin>& pins, auto list, bool is_callee_saved) {
    for (auto pin : list) pins.push_back({pin.code, is_callee_saved, false, 0, {}});
  };
  // The caller-saved ones first: they are free where no call interferes.
  add(gprs_, registers.caller_saved, false);
  add(gprs_, registers.callee_saved, true);
  add(fprs_, registers.caller_saved_floats, false);
  add(fprs_, registers.callee_saved_floats, true);
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

bool HomeAllocator::place(const Candidate& candidate, const LocalInfo& info, std::vector<Pin>& pins,
                          Home& home) {
  Pin* best = nullptr;
  int64_t best_benefit = 0;
  const int64_t cost = call_cost(info, candidate.calls);
  for (Pin& pin : pins) {
    // No pin is better than one that costs nothing.
    if (best_benefit == candidate.weight) break;
    int64_t benefit = candidate.weight - (pin.is_callee_saved ? (pin.is_used ? 0 : 2) : cost);
    if (benefit <= best_benefit || pin.life_count == kMaxLives) continue;
    bool is_taken =
        std::any_of(pin.lives.begin(), pin.lives.begin() + pin.life_count, [&](const Life& life) {
          return overlaps(life.first, life.last, candidate.life.first, candidate.life.last);
        });
    if (is_taken) continue;
    best = &pin;
    best_benefit = benefit;
  }
  if (best == nullptr) return false;
  best->lives[best->life_count++] = candidate.life;
  best->is_used = true;
  home.kind = is_float(home.type) ? Home::Kind::kFpr : Home::Kind::kGpr;
  home.code = best->code;
  if (!best->is_callee_saved && candidate.calls != 0) {
    home.is_write_through = info.set_weight < candidate.calls;
    home.slot = 0;  // numbered by the caller
  }
  return true;
}

HomeResult HomeAllocator::allocate(const FuncSummary& summary, bool use_registers,
                                   std::vector<Home>& homes) {
  if (homes.size() < summary.local_types.size()) homes.resize(summary.local_types.size());
  for (std::vector<Pin>* pins : {&gprs_, &fprs_}) {
    for (Pin& pin : *pins) {
      pin.is_used = false;
      pin.life_count = 0;
    }
  }
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
    std::vector<Pin>& pins = is_float(home.type) ? fprs_ : gprs_;
    if (!may_place || !place(candidate, summary.locals[candidate.local], pins, home)) {
      home.kind = Home::Kind::kFrame;
      home.slot = 0;
    }
    if (home.slot == 0) home.slot = static_cast<int32_t>(result.slots++);
    if (home.kind == Home::Kind::kGpr) result.used_gprs.add(home.code);
    if (home.kind == Home::Kind::kFpr) result.used_fprs.add(home.code);
  }
  return result;
}

}  // namespace wisp::jit
