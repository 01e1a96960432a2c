// Wisp inside a shared object that is loaded late: its thread-local storage has to fit into what
// the loader keeps free, also for threads that were there before, and its fault handler finds it.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "wisp/wisp.h"

namespace {

const std::string kGuests = WISP_SOURCE_DIR "/tests/guests/";
const char* const kObject = WISP_BINARY_DIR "/tests/libwisp_shared_object.so";

// The line is the status of the process.
#define REQUIRE(condition) \
  if (!(condition)) _exit(__LINE__ % 255 + 1)

class SharedObject {
 public:
  SharedObject() : object_(dlopen(kObject, RTLD_NOW | RTLD_LOCAL)) {
    if (object_ == nullptr) fprintf(stderr, "%s\n", dlerror());
    REQUIRE(object_ != nullptr);
  }
  template <class Function>
  Function* find(Function&, const char* name) const {
    void* found = dlsym(object_, name);
    REQUIRE(found != nullptr);
    return reinterpret_cast<Function*>(found);
  }

 private:
  void* object_;
};
#define CALL(function, ...) (object.find(function, #function)(__VA_ARGS__))

// Commands trap and return as they should.
void use(const SharedObject& object) {
  wisp_engine_t* engine = nullptr;
  REQUIRE(CALL(wisp_engine_new, nullptr, &engine) == nullptr);
  wisp_wasi_t* wasi = CALL(wisp_wasi_new);
  int status = -1;
  wisp_component_t* nested = nullptr;
  REQUIRE(CALL(wisp_component_from_file, engine, (kGuests + "nested_exit.wasm").c_str(), &nested) ==
          nullptr);
  REQUIRE(CALL(wisp_run_command, nested, wasi, nullptr, &status) == nullptr && status == 42);

  wisp_module_t* module = nullptr;
  REQUIRE(CALL(wisp_module_from_file, engine, (kGuests + "numbers.wasm").c_str(), &module) ==
          nullptr);
  const char* const arguments[] = {"1", "0"};
  char* results = nullptr;
  wisp_error_t* error =
      CALL(wisp_module_invoke, module, wasi, nullptr, "divide", 2, arguments, &results, &status);
  REQUIRE(error != nullptr && CALL(wisp_error_kind, error) == WISP_ERROR_TRAP);
  CALL(wisp_error_free, error);
  CALL(wisp_module_free, module);
  CALL(wisp_component_free, nested);
  CALL(wisp_wasi_free, wasi);
  CALL(wisp_engine_free, engine);
}

int load_and_use() {
  std::atomic<const SharedObject*> loaded = nullptr;
  std::thread earlier([&] {
    while (loaded == nullptr) std::this_thread::yield();
    use(*loaded);
  });
  const SharedObject object;
  loaded = &object;
  earlier.join();
  use(object);
  return 0;
}

TEST(SharedObjectDeathTest, WorksWhereItIsLoadedLate) {
  if (access(kObject, R_OK) != 0) GTEST_SKIP() << "not built with sanitizers";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(_exit(load_and_use()), testing::ExitedWithCode(0), "");
}

// The one that the tests are linked with, and the one in the object: each takes its own faults and
// passes on the other's.
int use_two() {
  wisp_engine_t* engine = nullptr;
  REQUIRE(wisp_engine_new(nullptr, &engine) == nullptr);
  wisp_module_t* module = nullptr;
  REQUIRE(wisp_module_from_file(engine, (kGuests + "numbers.wasm").c_str(), &module) == nullptr);
  const SharedObject object;
  use(object);
  const char* const arguments[] = {"1", "0"};
  char* results = nullptr;
  int status = 0;
  wisp_error_t* error =
      wisp_module_invoke(module, nullptr, nullptr, "divide", 2, arguments, &results, &status);
  REQUIRE(error != nullptr && wisp_error_kind(error) == WISP_ERROR_TRAP);
  wisp_error_free(error);
  wisp_module_free(module);
  wisp_engine_free(engine);
  return 0;
}

TEST(SharedObjectDeathTest, SharesAProcessWithAnotherOne) {
  if (access(kObject, R_OK) != 0) GTEST_SKIP() << "not built with sanitizers";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(_exit(use_two()), testing::ExitedWithCode(0), "");
}

}  // namespace
