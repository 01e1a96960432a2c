;; Nothing but exports of imports, some of them through a nested component: component_instance_test.cpp.
(component
  (import "test:host/items" (instance $host
    (export "thing" (type $thing (sub resource)))
    (export "same-thing" (func (param "it" (own $thing)) (result (own $thing))))
    (export "add" (func (param "a" u32) (param "b" u32) (result u32)))
    (export "pair" (func (param "a" u32) (param "b" u64) (result (tuple u64 u32))))
    (export "join" (func (param "texts" (list string)) (result string)))
    (export "sum" (func
      (param "a" u32) (param "b" u32) (param "c" u32) (param "d" u32) (param "e" u32) (param "f" u32)
      (param "g" u32) (param "h" u32) (param "i" u32) (param "j" u32) (param "k" u32) (param "l" u32)
      (param "m" u32) (param "n" u32) (param "o" u32) (param "p" u32) (param "q" u32)
      (result (tuple u32 u32))))
    (export "stop" (func))))
  (export "items" (instance $host))
  (export "add" (func $host "add"))
  (component $inner
    (import "join" (func $join (param "texts" (list string)) (result string)))
    (instance $made (export "join" (func $join)))
    (export "made" (instance $made)))
  (instance $inner (instantiate $inner (with "join" (func $host "join"))))
  (export "inner" (instance $inner "made")))
