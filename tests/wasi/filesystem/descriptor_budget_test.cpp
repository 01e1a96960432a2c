#include "wasi/filesystem/descriptor_budget.h"

#include <vector>

#include "platform/system_limits.h"
#include "tests/wasi/filesystem/filesystem_fixture.h"
#include "wasi/filesystem/directory.h"

namespace wisp::wasi::filesystem {
namespace {

class DescriptorBudgetTest : public FilesystemTest {};
WISP_WITH_BOTH_RESOLVERS(DescriptorBudgetTest);

// A guest that opens what it can does not leave the host without descriptors.
TEST_P(DescriptorBudgetTest, BoundsWhatAGuestKeepsOpen) {
  make_file("file");
  std::vector<std::unique_ptr<Descriptor>> files;
  auto opened = open("file");
  for (; opened.ok() && files.size() <= DescriptorBudget::kMostOfARun; opened = open("file")) {
    files.push_back(std::move(opened.value()));
  }
  EXPECT_EQ(outcome(opened), "insufficient-memory");
  EXPECT_EQ(files.size(), context.descriptors.limit());
  EXPECT_LE(files.size(), DescriptorBudget::kMostOfARun);
  // Nothing happens to the file system either.
  EXPECT_EQ(outcome(open("new", OpenFlags::kCreate, kReadWriteFlags)), "insufficient-memory");
  EXPECT_FALSE(exists("new"));
  EXPECT_EQ(outcome(read_directory(call, context, *root)), "insufficient-memory");
  EXPECT_EQ(outcome(stat_at(call, context, *root, kKeep, "file")), "ok");
  const int of_the_host = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_GE(of_the_host, 0);
  ::close(of_the_host);

  files.pop_back();
  {
    auto entries = read_directory(call, context, *root);
    EXPECT_EQ(outcome(entries), "ok");
    EXPECT_EQ(outcome(open("file")), "insufficient-memory");
  }
  EXPECT_EQ(outcome(open("absent")), "no-entry");
  EXPECT_EQ(outcome(open("file")), "ok");
  files.clear();
  EXPECT_EQ(context.descriptors.used(), 0u);
}

// A stream keeps its file open when the descriptor is dropped.
TEST_P(DescriptorBudgetTest, CountsFilesThatOnlyAStreamHolds) {
  make_file("file");
  auto file = must_open("file");
  auto stream = read_via_stream(call, context, *file, 0);
  ASSERT_EQ(outcome(stream), "ok");
  file = nullptr;
  EXPECT_EQ(context.descriptors.used(), 1u);
  stream = component::Failure{ErrorCode::kIo};
  EXPECT_EQ(context.descriptors.used(), 0u);
}

TEST(DescriptorBudget, AllGuestsOfTheProcessShareWhatTheHostLeaves) {
  DescriptorBudget first, second, third;
  const uint64_t all = descriptors_of_process();
  for (DescriptorBudget* budget : {&first, &second, &third}) {
    while (budget->take()) ASSERT_LE(first.used() + second.used() + third.used(), all);
  }
  const uint64_t used = first.used() + second.used() + third.used();
  EXPECT_LE(used, all - all / 8);
  EXPECT_EQ(first.used(), first.limit());
  for (DescriptorBudget* budget : {&first, &second, &third}) {
    while (budget->used() > 0) budget->give_back();
  }
}

}  // namespace
}  // namespace wisp::wasi::filesystem
