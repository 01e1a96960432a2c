// The work queue of a module's functions and the link step; see module_compiler.h.
#include "jit/compiler/module_compiler.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <latch>
#include <mutex>
#include <thread>

#include "jit/compiler/summary_builder.h"
#include "jit/wasm/function_validator.h"

namespace wisp::jit {

namespace {

// Neighbouring functions that one worker takes at once.
struct Batch {
  uint32_t first = 0;
  uint32_t end = 0;
  uint64_t size_bytes = 0;
};
constexpr uint64_t kBatchBytes = 32 * 1024;
// The two walks alternate over groups of so many functions, which spares the instruction cache.
constexpr uint32_t kGroupFunctions = 16;
constexpr size_t kGroupBytes = 8 * 1024;
// The summary of a function that uses more locals is not kept for the next one.
constexpr size_t kMaxKeptLocals = 2048;
// Below this a second thread costs more than it brings.
constexpr uint64_t kParallelBytes = 96 * 1024;
constexpr uint32_t kWorkerAlignment = 64;

std::vector<Batch> make_batches(const Module& module) {
  std::vector<Batch> batches;
  Batch batch;
  for (uint32_t i = 0; i < module.bodies.size(); ++i) {
    batch.size_bytes += module.bodies[i].code.size();
    batch.end = i + 1;
    if (batch.size_bytes < kBatchBytes) continue;
    batches.push_back(batch);
    batch = {i + 1, i + 1, 0};
  }
  if (batch.first != batch.end) batches.push_back(batch);
  return batches;
}

class ModuleCompiler {
 public:
  ModuleCompiler(const Module& module, const Backend& backend, const ModuleCompileOptions& options)
      : module_(module),
        backend_(backend),
        options_(options),
        context_(module, backend.convention, options.compiler),
        batches_(make_batches(module)),
        places_(module.bodies.size()) {}

  Result<CodeImage> run() {
    unsigned threads = thread_count();
    if (threads > 1) {
      std::stable_sort(batches_.begin(), batches_.end(),
                       [](const Batch& a, const Batch& b) { return a.size_bytes > b.size_bytes; });
    }
    workers_.resize(threads);
    for (Worker& worker : workers_) {
      worker.generator = backend_.make_generator(context_, options_.features);
      // The sites of all end up with the first worker's.
      worker.generator->reserve(module_.code_section_size /
                                (&worker == &workers_[0] ? 1 : threads));
    }
    std::latch is_compiled(threads);
    std::latch is_laid_out(1);
    std::vector<std::thread> helpers;
    for (unsigned i = 1; i < threads; ++i) {
      helpers.emplace_back([this, i, &is_compiled, &is_laid_out] {
        work(i);
        is_compiled.count_down();
        is_laid_out.wait();
        if (!first_error_) link_part(workers_[i]);
      });
    }
    work(0);
    is_compiled.arrive_and_wait();
    if (!first_error_) lay_out();
    is_laid_out.count_down();
    if (!first_error_) finish_image();
    for (std::thread& helper : helpers) helper.join();
    if (first_error_) return std::move(*first_error_);
    image_.memory = text().take();
    return std::move(image_);
  }

 private:
  struct Worker {
    std::unique_ptr<CodeGenerator> generator;
    ValidationScratch validation;
    SummaryBuilder::Scratch scratch;
    std::array<FuncSummary, kGroupFunctions> summaries;
    std::vector<uint32_t> functions;  // defined ones, in the order of their code
    uint32_t base = 0;                // of its buffer in the text
  };
  struct Place {
    uint32_t worker = 0;
    CodeGenerator::Range range{0, 0};
  };

  // The first worker's buffer becomes the text.
  EmitBuffer& text() { return workers_[0].generator->buffer(); }

  unsigned thread_count() const {
    uint64_t size = 0;
    for (const Batch& batch : batches_) size += batch.size_bytes;
    unsigned threads = options_.threads;
    if (threads == 0)
      threads = size < kParallelBytes ? 1 : std::max(1u, std::thread::hardware_concurrency());
    return std::max<unsigned>(1, std::min<size_t>(threads, batches_.size()));
  }

  void work(uint32_t worker) {
    for (;;) {
      size_t next = next_batch_.fetch_add(1, std::memory_order_relaxed);
      if (next >= batches_.size()) return;
      const Batch& batch = batches_[next];
      for (uint32_t i = batch.first; i < batch.end;) {
        // Functions behind one with an error cannot change the outcome.
        if (i >= first_error_index_.load(std::memory_order_relaxed)) break;
        i = compile_group(worker, i, batch.end);
      }
    }
  }

  // Some neighbours, first one walk over all, then the other: each walk has more code than the
  // first-level cache holds. Returns the function behind them.
  uint32_t compile_group(uint32_t worker, uint32_t first, uint32_t limit) {
    uint32_t end = first;
    for (size_t size = 0; end < limit && end - first < kGroupFunctions && size < kGroupBytes;) {
      Result<void> result = summarize(workers_[worker], end, end - first);
      if (!result.has_value()) {
        note_error(end, std::move(result).error());
        return limit;
      }
      size += module_.bodies[end++].code.size();
    }
    for (uint32_t i = first; i < end; ++i) {
      Result<void> result = generate(worker, i, i - first);
      if (!result.has_value()) note_error(i, std::move(result).error());
    }
    return end;
  }

  Result<void> summarize(Worker& worker, uint32_t defined, uint32_t slot) {
    uint32_t function = module_.imported_functions + defined;
    SummaryBuilder sink(context_, module_.function_type(function), worker.summaries[slot],
                        worker.scratch);
    FunctionDecoder<SummaryBuilder, Checks::kValidate> walk(module_, module_.bodies[defined],
                                                            function, worker.validation, sink);
    return walk.run();
  }

  Result<void> generate(uint32_t index, uint32_t defined, uint32_t slot) {
    Worker& worker = workers_[index];
    const FunctionBody& body = module_.bodies[defined];
    FuncSummary& summary = worker.summaries[slot];
    places_[defined] = {
        index, worker.generator->generate(module_.imported_functions + defined, body, summary)};
    worker.functions.push_back(defined);
    if (summary.touched.size() > kMaxKeptLocals) summary = FuncSummary();
    if (const char* error = worker.generator->buffer().error(); error != nullptr)
      return Error(ErrorCode::kLimit, std::string("code generation: ") + error, body.file_offset);
    return {};
  }

  void note_error(uint32_t index, Error error) {
    std::lock_guard lock(error_mutex_);
    if (index >= first_error_index_.load(std::memory_order_relaxed)) return;
    first_error_index_.store(index, std::memory_order_relaxed);
    first_error_.emplace(std::move(error));
  }

  // ---- Link ----
  // Once all is compiled, the first thread decides where everything lies; then each worker's part
  // is moved and patched by its thread.

  void lay_out() {
    for (size_t i = 1; i < workers_.size(); ++i) {
      workers_[i].base =
          text().extend(workers_[i].generator->buffer().bytes().size(), kWorkerAlignment);
    }
    if (text().error() != nullptr) {
      first_error_.emplace(ErrorCode::kLimit, std::string("code generation: ") + text().error());
      return;
    }
    image_.header.architecture = backend_.elf_machine;
    image_.text_bytes = text().offset();
    image_.function_offsets.reserve(places_.size());
    image_.function_ends.reserve(places_.size());
    for (const Place& place : places_) {
      image_.function_offsets.push_back(workers_[place.worker].base + place.range.begin);
      image_.function_ends.push_back(workers_[place.worker].base + place.range.end);
    }
  }

  void link_part(Worker& worker) {
    if (&worker != &workers_[0]) {
      std::span<const uint8_t> bytes = worker.generator->buffer().bytes();
      std::memcpy(text().at(worker.base), bytes.data(), bytes.size());
    }
    for (const CallSite& call : worker.generator->calls()) {
      uint32_t target = image_.function_offsets[call.function - module_.imported_functions];
      if (!backend_.patch_call(text().at(0), worker.base + call.position, target)) {
        note_error(call.function, Error(ErrorCode::kLimit, "code generation: call out of reach"));
      }
    }
  }

  void finish_image() {
    link_part(workers_[0]);
    image_.trap_sites = std::move(workers_[0].generator->sites());
    image_.functions_by_offset = std::move(workers_[0].functions);
    for (size_t i = 1; i < workers_.size(); ++i) {
      for (TrapSite site : workers_[i].generator->sites()) {
        site.code_offset += workers_[i].base;
        image_.trap_sites.push_back(site);
      }
      const std::vector<uint32_t>& functions = workers_[i].functions;
      image_.functions_by_offset.insert(image_.functions_by_offset.end(), functions.begin(),
                                        functions.end());
    }
  }

  const Module& module_;
  const Backend& backend_;
  const ModuleCompileOptions& options_;
  CodeImage image_;
  ModuleContext context_;
  std::vector<Batch> batches_;
  std::vector<Place> places_;
  std::vector<Worker> workers_;
  std::atomic<size_t> next_batch_ = 0;
  std::atomic<uint32_t> first_error_index_ = ~uint32_t{0};
  std::mutex error_mutex_;
  std::optional<Error> first_error_;
};

}  // namespace

Result<CodeImage> compile_module(const Module& module, const Backend& backend,
                                 const ModuleCompileOptions& options) {
  return ModuleCompiler(module, backend, options).run();
}

}  // namespace wisp::jit
