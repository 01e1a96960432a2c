#include "platform/source.h"

#include "platform/event_loop.h"

namespace wisp {

void Source::notify() {
  for (Link* link = links_.front(); link != nullptr; link = links_.after(*link)) {
    Watcher& watcher = *link->watcher_;
    if (!link->suspect()) watcher.suspects_.push(*link);
    if (watcher.waiter_ != nullptr) watcher.waiter_->wake();
  }
}

}  // namespace wisp
