;; What user.wat imports, without its function.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (instance $api)
  (export "test:dep/api@1.1.0" (instance $api)))
