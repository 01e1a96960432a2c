;; Exports functions of the host again: what they take and return fills registers and memory.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (import "test:host/echo@0.1.0" (instance $echo
    (export "join" (func (param "parts" (list string)) (param "between" string) (result string)))
    (export "add" (func (param "a" u32) (param "b" u32) (result u32)))
    (export "fail" (func))
    (export "many" (func (param "numbers" (tuple u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64))
                         (result (tuple u64 u64))))))
  (export "echo" (instance $echo)))
