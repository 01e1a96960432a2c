// wasi:io/poll: wait for the first of several conditions. Nothing is allocated when one holds
// already.
#pragma once

#include <cstdint>
#include <span>

#include "component/host/host_binding.h"
#include "wasi/context.h"
#include "wasi/io/wait_set.h"
#include "wasi/pollable.h"

namespace wisp::wasi::poll {

bool ready(component::HostCall& call, WasiContext& context, Pollable& self);
void block(component::HostCall& call, WasiContext& context, Pollable& self);
// Indices of the ready ones; live as long as the call.
std::span<const uint32_t> poll_handles(component::HostCall& call, WasiContext& context,
                                       component::BorrowedList<Pollable> in);
// The same for pollables of the host's own.
std::span<const uint32_t> poll(component::HostCall& call, WasiContext& context,
                               std::span<Pollable* const> in);

// Park the guest until one of them is ready. False: the deadline of the call passed, and it is
// trapped.
bool wait_for(component::HostCall& call, WaitSet& set);
bool wait_for(component::HostCall& call, WasiContext& context, Pollable& pollable);

extern const component::HostInterface kInterface;

}  // namespace wisp::wasi::poll
