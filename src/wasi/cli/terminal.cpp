#include "wasi/cli/terminal.h"

#include <unistd.h>

namespace wisp::wasi::terminal {

namespace {

template <class Terminal>
std::optional<std::unique_ptr<Terminal>> terminal_of(int descriptor) {
  if (::isatty(descriptor) == 0) return std::nullopt;
  return std::make_unique<Terminal>();
}

}  // namespace

std::optional<std::unique_ptr<TerminalInput>> get_terminal_stdin(component::HostCall&,
                                                                 WasiContext& context) {
  return terminal_of<TerminalInput>(context.stdin_descriptor);
}

std::optional<std::unique_ptr<TerminalOutput>> get_terminal_stdout(component::HostCall&,
                                                                   WasiContext& context) {
  return terminal_of<TerminalOutput>(context.stdout_descriptor);
}

std::optional<std::unique_ptr<TerminalOutput>> get_terminal_stderr(component::HostCall&,
                                                                   WasiContext& context) {
  return terminal_of<TerminalOutput>(context.stderr_descriptor);
}

namespace {

constexpr component::HostItem kInput[] = {
    component::host_resource<TerminalInput>("terminal-input")};
constexpr component::HostItem kOutput[] = {
    component::host_resource<TerminalOutput>("terminal-output")};
constexpr component::HostItem kStdin[] = {
    component::host_function<&get_terminal_stdin>("get-terminal-stdin")};
constexpr component::HostItem kStdout[] = {
    component::host_function<&get_terminal_stdout>("get-terminal-stdout")};
constexpr component::HostItem kStderr[] = {
    component::host_function<&get_terminal_stderr>("get-terminal-stderr")};

}  // namespace

const component::HostInterface kInputInterface{"wasi:cli/terminal-input", "0.2.12", kInput};
const component::HostInterface kOutputInterface{"wasi:cli/terminal-output", "0.2.12", kOutput};
const component::HostInterface kStdinInterface{"wasi:cli/terminal-stdin", "0.2.12", kStdin};
const component::HostInterface kStdoutInterface{"wasi:cli/terminal-stdout", "0.2.12", kStdout};
const component::HostInterface kStderrInterface{"wasi:cli/terminal-stderr", "0.2.12", kStderr};

}  // namespace wisp::wasi::terminal
