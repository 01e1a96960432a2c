// Profile: what kind of modules the generator makes, as weights.
//
// External interface: Profile, kProfiles.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace wisp::oracle {

struct Profile {
  std::string_view name;
  // How often values are of which type.
  uint8_t i32 = 8, i64 = 5, f32 = 2, f64 = 2, references = 1;
  // How often a statement is of which kind.
  uint8_t variables = 10;  // writes of locals and globals
  uint8_t stores = 5;
  uint8_t calls = 3;
  uint8_t blocks = 5;  // blocks, ifs, loops
  uint8_t branches = 3;
  uint8_t bulk = 1;     // tables, bulk memory, growth
  uint8_t shapes = 10;  // the patterns of generate_shapes.cpp
  // Sizes.
  uint8_t max_functions = 5;
  uint16_t max_nodes = 150;  // of one function
  uint8_t max_depth = 6;     // of expressions
};

inline constexpr std::array kProfiles = {
    Profile{.name = "mixed"},
    Profile{.name = "integers", .i32 = 8, .i64 = 8, .f32 = 0, .f64 = 0, .references = 0},
    Profile{.name = "floats", .i32 = 3, .i64 = 2, .f32 = 8, .f64 = 8, .stores = 3},
    Profile{.name = "control",
            .variables = 6,
            .stores = 2,
            .calls = 2,
            .blocks = 12,
            .branches = 8,
            .shapes = 5,
            .max_depth = 4},
    Profile{.name = "memory", .stores = 14, .calls = 2, .bulk = 4},
    Profile{
        .name = "calls", .calls = 14, .blocks = 3, .bulk = 4, .max_functions = 10, .max_nodes = 60},
    Profile{.name = "deep", .blocks = 2, .branches = 1, .max_nodes = 300, .max_depth = 40},
    Profile{.name = "tiny", .shapes = 30, .max_functions = 3, .max_nodes = 12, .max_depth = 3},
    Profile{.name = "huge", .max_functions = 2, .max_nodes = 6000},
};

}  // namespace wisp::oracle
