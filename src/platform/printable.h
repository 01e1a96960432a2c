// Texts that a guest chose, made fit for a terminal and for lines of a log.
//
// External interface: printable(), quoted(), printable_lines(). Control characters move the cursor,
// change colours and titles, and are answered by some terminals as if typed; others reorder or hide
// what stands around them. They become \u{1b}, bytes that are not UTF-8 become \xff.
#pragma once

#include <string>
#include <string_view>

namespace wisp {

std::string printable(std::string_view text);
// The same between backquotes.
std::string quoted(std::string_view text);
// The same for a text of several lines: line breaks stay.
std::string printable_lines(std::string_view text);

}  // namespace wisp
