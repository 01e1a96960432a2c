// The loops over text (platform/text_kernels.h), for each instruction set, over 64 KiB characters
// of several kinds; beside them memcpy and memset of the same bytes, which are what memory can do.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string_view>
#include <type_traits>
#include <vector>

#include "platform/text_kernels.h"
#include "platform/utf8.h"

namespace wisp {
namespace {

constexpr size_t kCharacters = 65536;
constexpr const char* kAscii = "The quick brown fox jumps over it. ";
constexpr const char* kFrench = "D\u00e8s No\u00ebl o\u00f9 un z\u00e9phyr ha\u00ef me v\u00eat. ";
constexpr const char* kRussian =
    "\u0421\u044a\u0435\u0448\u044c \u0435\u0449\u0451 \u044d\u0442\u0438\u0445 "
    "\u043c\u044f\u0433\u043a\u0438\u0445. ";
constexpr const char* kChinese =
    "\u5929\u5730\u7384\u9ec4\uff0c\u5b87\u5b99\u6d2a\u8352\u3002\u65e5\u6708";
constexpr const char* kEmoji = "so \U0001f600 and \U0001f680\U0001f4a9 ";

struct Text {
  std::vector<uint8_t> utf8, utf16, latin1;
  std::vector<uint8_t> out = std::vector<uint8_t>(4 * kCharacters + 64);

  explicit Text(const char* phrase) {
    const std::string_view view(phrase);
    size_t count = 0;
    while (count < kCharacters) {
      utf8.insert(utf8.end(), view.begin(), view.end());
      for (char byte : view) count += is_utf8_continuation(byte) ? 0 : 1;
    }
    utf16.resize(2 * utf8.size());
    utf16.resize(2 * kBaselineText.utf8_to_utf16(utf8.data(), utf8.size(), utf16.data()).written);
    latin1.resize(utf8.size());
    latin1.resize(kBaselineText.utf8_to_latin1(utf8.data(), utf8.size(), latin1.data()).written);
  }
};

const TextKernels& kernels_of(const benchmark::State& state) {
  const TextKernels* avx2 = avx2_text_kernels();
  return state.range(0) == 0 || avx2 == nullptr ? kBaselineText : *avx2;
}

template <class Run>
void measure(benchmark::State& state, size_t size, Run run) {
  for (auto _ : state) {
    run();
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(size) * state.iterations());
}

// One loop over one text, in units of that many bytes.
template <auto kFrom, auto kLoop, size_t kUnitBytes = 1>
void run(benchmark::State& state, const char* phrase) {
  Text text(phrase);
  const std::vector<uint8_t>& from = text.*kFrom;
  const auto loop = kernels_of(state).*kLoop;
  measure(state, from.size(), [&] {
    const size_t units = from.size() / kUnitBytes;
    if constexpr (std::is_invocable_v<decltype(loop), const uint8_t*, size_t, uint8_t*>) {
      loop(from.data(), units, text.out.data());
    } else {
      benchmark::DoNotOptimize(loop(from.data(), units));
    }
  });
}
constexpr auto validate_utf8 = &run<&Text::utf8, &TextKernels::valid_utf8_prefix>;
constexpr auto utf8_to_utf16 = &run<&Text::utf8, &TextKernels::utf8_to_utf16>;
constexpr auto utf8_to_latin1 = &run<&Text::utf8, &TextKernels::utf8_to_latin1>;
constexpr auto check_utf16 = &run<&Text::utf16, &TextKernels::check_utf16, 2>;
constexpr auto utf16_to_utf8 = &run<&Text::utf16, &TextKernels::utf16_to_utf8, 2>;
constexpr auto utf16_to_latin1 = &run<&Text::utf16, &TextKernels::utf16_to_latin1, 2>;
constexpr auto narrow_utf16 = &run<&Text::utf16, &TextKernels::narrow_utf16, 2>;
constexpr auto latin1_to_utf8 = &run<&Text::latin1, &TextKernels::latin1_to_utf8>;
constexpr auto latin1_to_utf16 = &run<&Text::latin1, &TextKernels::latin1_to_utf16>;

void memcpy_64k(benchmark::State& state) {
  Text text(kAscii);
  measure(state, kCharacters, [&] { std::memcpy(text.out.data(), text.utf8.data(), kCharacters); });
}
// What widening writes.
void memset_128k(benchmark::State& state) {
  Text text(kAscii);
  measure(state, kCharacters, [&] { std::memset(text.out.data(), 1, 2 * kCharacters); });
}

// The argument: 0 is the baseline, 1 is AVX2.
#define WISP_TEXT_CASES(function)                             \
  BENCHMARK_CAPTURE(function, ascii, kAscii)->Arg(0)->Arg(1); \
  BENCHMARK_CAPTURE(function, french, kFrench)->Arg(0)->Arg(1)
#define WISP_UNICODE_CASES(function)                              \
  WISP_TEXT_CASES(function);                                      \
  BENCHMARK_CAPTURE(function, russian, kRussian)->Arg(0)->Arg(1); \
  BENCHMARK_CAPTURE(function, chinese, kChinese)->Arg(0)->Arg(1); \
  BENCHMARK_CAPTURE(function, emoji, kEmoji)->Arg(0)->Arg(1)
WISP_UNICODE_CASES(validate_utf8);
WISP_UNICODE_CASES(utf8_to_utf16);
WISP_UNICODE_CASES(check_utf16);
WISP_UNICODE_CASES(utf16_to_utf8);
WISP_TEXT_CASES(utf8_to_latin1);
WISP_TEXT_CASES(utf16_to_latin1);
WISP_TEXT_CASES(narrow_utf16);
WISP_TEXT_CASES(latin1_to_utf8);
WISP_TEXT_CASES(latin1_to_utf16);
BENCHMARK(memcpy_64k);
BENCHMARK(memset_128k);

}  // namespace
}  // namespace wisp

BENCHMARK_MAIN();
