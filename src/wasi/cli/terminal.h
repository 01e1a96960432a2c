// wasi:cli/terminal-*: whether standard input, output and error are terminals. The two resources
// say no more than that.
#pragma once

#include <memory>
#include <optional>

#include "component/host/host_binding.h"
#include "wasi/context.h"

namespace wisp::wasi {

class TerminalInput final : public component::HostResource {};
class TerminalOutput final : public component::HostResource {};

namespace terminal {

std::optional<std::unique_ptr<TerminalInput>> get_terminal_stdin(component::HostCall& call,
                                                                 WasiContext& context);
std::optional<std::unique_ptr<TerminalOutput>> get_terminal_stdout(component::HostCall& call,
                                                                   WasiContext& context);
std::optional<std::unique_ptr<TerminalOutput>> get_terminal_stderr(component::HostCall& call,
                                                                   WasiContext& context);

extern const component::HostInterface kInputInterface;
extern const component::HostInterface kOutputInterface;
extern const component::HostInterface kStdinInterface;
extern const component::HostInterface kStdoutInterface;
extern const component::HostInterface kStderrInterface;

}  // namespace terminal
}  // namespace wisp::wasi
