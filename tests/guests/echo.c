// Returns what it is given: what --invoke reads and writes. The bindings are those of `wit-bindgen c`; built by
// scripts/build_guests.sh. An argument belongs to the callee and the result to post-return, so handing one on as the
// other is all there is to do.
#include "echo.h"

#include <stdlib.h>
#include <string.h>

#define V(name) exports_wisp_echo_values_##name
#define SCALAR(name, type) \
  type V(echo_##name)(type value) { return value; }
#define AGGREGATE(name, type) \
  void V(echo_##name)(type * value, type * result) { *result = *value; }

SCALAR(bool, bool)
SCALAR(u8, uint8_t)
SCALAR(s8, int8_t)
SCALAR(u16, uint16_t)
SCALAR(s16, int16_t)
SCALAR(u32, uint32_t)
SCALAR(s32, int32_t)
SCALAR(u64, uint64_t)
SCALAR(s64, int64_t)
SCALAR(f32, float)
SCALAR(f64, double)
SCALAR(char, uint32_t)
SCALAR(color, V(color_t))
SCALAR(access, V(access_t))
AGGREGATE(string, echo_string_t)
AGGREGATE(list, echo_list_u32_t)
AGGREGATE(strings, echo_list_string_t)
AGGREGATE(tuple, echo_tuple3_u8_string_list_bool_t)
AGGREGATE(settings, V(settings_t))
AGGREGATE(optional, V(all_optional_t))
AGGREGATE(shape, V(shape_t))

bool V(echo_option)(uint32_t* value, uint32_t* result) {
  if (value != NULL) *result = *value;
  return value != NULL;
}
bool V(echo_nested)(echo_option_u32_t* value, echo_option_u32_t* result) {
  if (value != NULL) *result = *value;
  return value != NULL;
}
bool V(echo_result)(V(result_u32_string_t) * value, uint32_t* result, echo_string_t* error) {
  if (value->is_err) *error = value->val.err;
  if (!value->is_err) *result = value->val.ok;
  return !value->is_err;
}
bool V(echo_ok)(V(result_list_point_void_t) * value, V(list_point_t) * result) {
  if (!value->is_err) *result = value->val.ok;
  return !value->is_err;
}
bool V(echo_err)(V(result_void_color_t) * value, V(color_t) * error) {
  if (value->is_err) *error = value->val.err;
  return !value->is_err;
}
bool V(echo_unit)(V(result_void_void_t) * value) { return !value->is_err; }
uint8_t V(last_of)(uint8_t* a, uint8_t* b, uint8_t* c) {
  return c != NULL ? *c : b != NULL ? *b : a != NULL ? *a : 0;
}

#define O(name) exports_wisp_echo_other_##name

struct O(counter_t) {
  uint32_t next;
};
static uint32_t living;

O(color_t) O(echo_color)(O(color_t) value) { return value; }
void O(only_here)(echo_string_t* result) { echo_string_dup(result, "here"); }
O(own_counter_t) O(constructor_counter)(uint32_t start) {
  O(counter_t)* counter = malloc(sizeof *counter);
  counter->next = start;
  living++;
  return O(counter_new)(counter);
}
uint32_t O(method_counter_next)(O(borrow_counter_t) self) { return self->next++; }
uint32_t O(static_counter_living)(void) { return living; }
void O(counter_destructor)(O(counter_t) * counter) {
  living--;
  free(counter);
}

uint32_t exports_echo_add(uint32_t a, uint32_t b) { return a + b; }
void exports_echo_nothing(void) {}
void exports_echo_fail(echo_string_t* message) {
  if (message->len != 0) __builtin_trap();
}
