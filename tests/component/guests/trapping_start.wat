;; Traps while it is instantiated: see component_call_test.cpp.
(component
  (core module $m (func $start unreachable) (start $start))
  (core instance (instantiate $m)))
