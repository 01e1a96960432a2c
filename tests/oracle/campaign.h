// A campaign: many generated modules through the differential tester, and a report of each that
// fails, shrunk.
//
// External interface: `run_campaign`. Each seed is a system of modules that import from those
// before them, mostly of one. Systems run in batches, each in a child process; a child that is
// ended by a signal costs the rest of its batch, which runs again behind the guilty system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/oracle/differential.h"

namespace wisp::oracle {

struct CampaignOptions {
  uint64_t seed = 0;              // of the first system; the next one has the next
  uint64_t count = 0;             // of modules, or of systems
  uint32_t modules = 1;           // of a system
  std::optional<double> seconds;  // instead of the count
  std::string profile;            // of kProfiles; empty: all
  std::string keep;  // folder for what fails: SEED-0.wasm ... as generated, SEED.txt shrunk
  uint32_t max_findings = 20;  // ends the campaign
};

struct CampaignResult {
  uint64_t systems = 0;
  uint64_t not_compared = 0;
  uint64_t calls = 0;
  uint32_t findings = 0;
};

// Prints each finding with its seed, and the small modules as text.
CampaignResult run_campaign(const CampaignOptions& options);

}  // namespace wisp::oracle
