// test:kit/counters in C: a resource whose description goes through test:kit/text, of another plug.
#include <stdlib.h>
#include <string.h>

#include "counters_plug.h"

struct exports_test_kit_counters_counter_t {
  counters_plug_string_t name;
  uint32_t count;
};

exports_test_kit_counters_own_counter_t exports_test_kit_counters_constructor_counter(
    counters_plug_string_t* name) {
  exports_test_kit_counters_counter_t* counter = malloc(sizeof *counter);
  counter->name = *name;
  counter->count = 0;
  return exports_test_kit_counters_counter_new(counter);
}

void exports_test_kit_counters_method_counter_add(exports_test_kit_counters_borrow_counter_t self,
                                                  uint32_t count) {
  self->count += count;
}

void exports_test_kit_counters_method_counter_describe(
    exports_test_kit_counters_borrow_counter_t self, counters_plug_string_t* result) {
  counters_plug_string_t shouted;
  test_kit_text_shout(&self->name, &shouted);
  char digits[12];
  int at = sizeof digits;
  uint32_t rest = self->count;
  do {
    digits[--at] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  const size_t digit_count = sizeof digits - (size_t)at;
  result->len = shouted.len + 2 + digit_count;
  result->ptr = malloc(result->len);
  memcpy(result->ptr, shouted.ptr, shouted.len);
  memcpy(result->ptr + shouted.len, ": ", 2);
  memcpy(result->ptr + shouted.len + 2, digits + at, digit_count);
  counters_plug_string_free(&shouted);
}

void exports_test_kit_counters_counter_destructor(exports_test_kit_counters_counter_t* counter) {
  counters_plug_string_free(&counter->name);
  free(counter);
}
