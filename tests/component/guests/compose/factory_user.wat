;; Imports a component and instantiates it twice.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (import "factory" (component $factory (export "get" (func (result u32)))))
  (instance (instantiate $factory))
  (instance $two (instantiate $factory))
  (alias export $two "get" (func $get))
  (export "get" (func $get)))
