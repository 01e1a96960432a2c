;; Which resource types the imports of a component may name: those that were imported before, since
;; nobody outside can name one that the component makes itself.
(component definition
  (import "a" (type $A (sub resource)))
  (import "b" (type $B (eq $A)))
  (import "f" (func (param "a" (borrow $A)) (result (own $B)))))
(component definition
  (import "i" (instance
    (export "a" (type $A (sub resource)))
    (export "b" (type (eq $A))))))
(component definition
  (import "i" (instance $i (export "a" (type (sub resource)))))
  (alias export $i "a" (type $A))
  (import "b" (type (eq $A)))
  (import "j" (instance
    (alias outer 1 $A (type $a))
    (export "a" (type (eq $a))))))
;; Who supplies what a component type imports may know the type.
(component definition
  (type $R (resource (rep i32)))
  (type (component
    (alias outer 1 $R (type $r))
    (import "r" (type (eq $r))))))
;; Exports may show it.
(component definition
  (type $R (resource (rep i32)))
  (export $E "r" (type $R))
  (export "s" (type $E)))

(assert_invalid
  (component
    (type $R (resource (rep i32)))
    (import "r" (type (eq $R))))
  "local resource type found in imports")
(assert_invalid
  (component
    (type $R (resource (rep i32)))
    (import "r" (type $r (eq $R)))
    (import "f" (func (result (own $r)))))
  "local resource type found in imports")
(assert_invalid
  (component
    (type $R (resource (rep i32)))
    (import "i" (instance
      (alias outer 1 $R (type $r))
      (export "r" (type (eq $r))))))
  "local resource type found in imports")
(assert_invalid
  (component
    (type $R (resource (rep i32)))
    (import "i" (instance
      (export "j" (instance
        (alias outer 2 $R (type $r))
        (export "r" (type (eq $r))))))))
  "local resource type found in imports")
(assert_invalid
  (component
    (component $C
      (type $R (resource (rep i32)))
      (export "r" (type $R)))
    (instance $i (instantiate $C))
    (alias export $i "r" (type $R))
    (import "r" (type (eq $R))))
  "local resource type found in imports")
;; Imports depend on no export.
(assert_invalid
  (component
    (type $R (resource (rep i32)))
    (export $E "e" (type $R))
    (import "r" (type (eq $E))))
  "type not valid to be used as import")
