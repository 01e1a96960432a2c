// The pollable of a resource that says by itself when it is ready: ready(), arm() and source(), as
// Pollable has them. A child of the resource.
#pragma once

#include "wasi/pollable.h"

namespace wisp::wasi::sockets {

template <class Resource>
class SocketPollable final : public Pollable {
 public:
  explicit SocketPollable(Resource& resource) : resource_(resource) { set_parent(resource); }
  void arm(EventLoop& loop) override { resource_.arm(loop); }
  Source& source() override { return resource_.source(); }

 protected:
  bool do_ready() override { return resource_.ready(); }

 private:
  Resource& resource_;
};

}  // namespace wisp::wasi::sockets
