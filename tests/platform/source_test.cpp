#include "platform/source.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace wisp {
namespace {

class SourceTest : public ::testing::Test {
 protected:
  // Which links were looked at; those in `ready` stay suspects.
  std::vector<const Link*> settle(std::vector<const Link*> ready = {}) {
    std::vector<const Link*> seen;
    const bool any = watcher.settle([&](Link& link) {
      seen.push_back(&link);
      return std::find(ready.begin(), ready.end(), &link) != ready.end();
    });
    EXPECT_EQ(any, !ready.empty());
    return seen;
  }

  Source first, second;
  Watcher watcher;
  Link a, b;
};

using Links = std::vector<const Link*>;

TEST_F(SourceTest, ALookTouchesWhatMayHaveChangedAndWhatWasReady) {
  watcher.attach(a, first);
  watcher.attach(b, second);
  EXPECT_EQ(settle({&b}), (Links{&a, &b}));
  EXPECT_EQ(settle({&b}), (Links{&b}));
  EXPECT_EQ(settle(), (Links{&b}));
  EXPECT_EQ(settle(), (Links{}));
  first.notify();
  first.notify();
  EXPECT_TRUE(a.suspect());
  EXPECT_EQ(settle({&a}), (Links{&a}));
}

TEST_F(SourceTest, EveryWatcherOfASourceIsTold) {
  Watcher other;
  watcher.attach(a, first);
  other.attach(b, first);
  settle();
  other.settle([](Link&) { return false; });
  first.notify();
  EXPECT_EQ(watcher.first_suspect(), &a);
  EXPECT_EQ(other.first_suspect(), &b);
}

TEST_F(SourceTest, ALinkThatIsNotifiedWhileItIsArmedIsLookedAtAgain) {
  watcher.attach(a, first);
  int looks = 0;
  EXPECT_TRUE(watcher.settle([&](Link&) {
    looks++;
    if (looks == 1) first.notify();
    return looks == 2;
  }));
  EXPECT_EQ(looks, 2);
}

TEST_F(SourceTest, ALinkThatIsReadyAndNotifiedIsLookedAtTwice) {
  watcher.attach(a, first);
  int looks = 0;
  EXPECT_TRUE(watcher.settle([&](Link&) {
    looks++;
    if (looks == 1) first.notify();
    return true;
  }));
  EXPECT_EQ(looks, 2);
  EXPECT_EQ(watcher.first_suspect(), &a);
}

TEST_F(SourceTest, ADestroyedSourceIsNotHeardOfAgain) {
  auto source = std::make_unique<Source>();
  watcher.attach(a, *source);
  settle();
  source.reset();
  EXPECT_FALSE(a.suspect());
  Watcher::detach(a);
}

TEST_F(SourceTest, ADetachedLinkIsNeitherSuspectNorNotified) {
  watcher.attach(a, first);
  Watcher::detach(a);
  EXPECT_FALSE(first.watched());
  first.notify();
  EXPECT_EQ(watcher.first_suspect(), nullptr);
}

}  // namespace
}  // namespace wisp
