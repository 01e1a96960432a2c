// Who waits for what, without a walk over either.
//
//   Source    something that can become ready: a direction of a descriptor, an instant, a lookup
//   Link      ties one Source to one Watcher; it lies in memory of the watcher
//   Watcher   somebody who wants to know when one of several sources may have become ready
//
//   1. A link that is attached is a suspect: settle() looks whether its source is ready.
//   2. One that is not is acquitted, having seen to it that it will be notified.
//   3. notify() makes the links of a source suspects again and wakes the fiber that waits in their
//      watcher, if one does. So the next look touches what may have changed and nothing else.
//
// Nothing is allocated; all but notifying a source that is watched twice takes constant time.
#pragma once

#include "platform/intrusive_list.h"

namespace wisp {

class Waiter;
class Watcher;

struct LinkOfSource;
struct LinkOfSuspect;

class Link : public ListNode<LinkOfSource>, public ListNode<LinkOfSuspect> {
 public:
  bool suspect() const { return ListNode<LinkOfSuspect>::linked(); }

 private:
  friend class Source;
  friend class Watcher;

  Watcher* watcher_ = nullptr;
};

// A source may go away while links are attached: they are never notified again.
class Source {
 public:
  // What one of its watchers wants to know may hold now.
  void notify();
  bool watched() const { return !links_.empty(); }

 private:
  friend class Watcher;

  IntrusiveList<Link, LinkOfSource> links_;
};

class Watcher {
 public:
  Watcher() = default;
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  void attach(Link& link, Source& source) {
    link.watcher_ = this;
    source.links_.push(link);
    suspects_.push(link);
  }
  static void detach(Link& link) {
    link.ListNode<LinkOfSource>::unlink();
    link.ListNode<LinkOfSuspect>::unlink();
  }

  // Asks `ready_else_arm(link)` about each suspect and acquits those that are not ready. It has
  // armed them then: from the call on, they may be notified. Whether any suspect is left.
  template <class ReadyElseArm>
  bool settle(ReadyElseArm ready_else_arm) {
    IntrusiveList<Link, LinkOfSuspect> ready;
    while (Link* link = suspects_.pop()) {
      if (ready_else_arm(*link) && !link->suspect()) ready.push(*link);
    }
    suspects_.append(ready);
    return !suspects_.empty();
  }

  Link* first_suspect() const { return suspects_.front(); }
  Link* next_suspect(const Link& link) const { return suspects_.after(link); }

  // Who is woken; null: nobody waits.
  void set_waiter(Waiter* waiter) { waiter_ = waiter; }
  bool has_waiter() const { return waiter_ != nullptr; }

 private:
  friend class Source;

  IntrusiveList<Link, LinkOfSuspect> suspects_;
  Waiter* waiter_ = nullptr;
};

}  // namespace wisp
