// IntrusiveList: a list whose links lie in what it lists, so that adding, taking and leaving cost
// constant time and no allocation.
//
// T derives from ListNode<Tag>, once per list that it can be in at the same time. A node that is
// destroyed leaves its list. The list is a ring through a node of its own, which is why a node
// leaves without knowing its list.
#pragma once

#include "platform/check.h"

namespace wisp {

template <class Tag>
class ListNode {
 public:
  ListNode() = default;
  ~ListNode() { unlink(); }
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;

  bool linked() const { return next_ != nullptr; }
  // Leaves the list, if it is in one.
  void unlink() {
    if (next_ == nullptr) return;
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = nullptr;
  }

 private:
  template <class T, class U>
  friend class IntrusiveList;

  ListNode* next_ = nullptr;
  ListNode* previous_ = nullptr;
};

// T may be incomplete until the list is used.
template <class T, class Tag = T>
class IntrusiveList {
 public:
  using Node = ListNode<Tag>;

  IntrusiveList() { root_.next_ = root_.previous_ = &root_; }
  // What is still in it is on its own from then on.
  ~IntrusiveList() {
    while (pop() != nullptr) {
    }
    root_.next_ = root_.previous_ = nullptr;
  }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;

  bool empty() const { return root_.next_ == &root_; }

  void push(T& item) {
    Node& node = item;
    WISP_DCHECK(!node.linked());
    node.next_ = &root_;
    node.previous_ = root_.previous_;
    root_.previous_->next_ = &node;
    root_.previous_ = &node;
  }

  // The first; null where there is none.
  T* front() const { return empty() ? nullptr : static_cast<T*>(root_.next_); }
  // The one behind; null after the last.
  T* after(const T& item) const {
    Node* next = static_cast<const Node&>(item).next_;
    return next == &root_ ? nullptr : static_cast<T*>(next);
  }
  T* pop() {
    T* first = front();
    if (first != nullptr) static_cast<Node*>(first)->unlink();
    return first;
  }

  // Moves everything of `other` behind what is here.
  void append(IntrusiveList& other) {
    if (other.empty()) return;
    Node* first = other.root_.next_;
    Node* last = other.root_.previous_;
    root_.previous_->next_ = first;
    first->previous_ = root_.previous_;
    last->next_ = &root_;
    root_.previous_ = last;
    other.root_.next_ = other.root_.previous_ = &other.root_;
  }

 private:
  Node root_;
};

}  // namespace wisp
