;; A component without a command, for --invoke:
;;   wisp run --invoke 'area({width: 3, height: 4.5})' examples/shapes.wasm        prints 13.5
;;   wisp run --invoke 'scaled({width: 3, height: 4.5}, 5)' examples/shapes.wasm   prints some({width: 5, height: 7.5})
(component
  (core module $m
    (memory (export "memory") 1)
    (func (export "area") (param f64 f64) (result f64) (f64.mul (local.get 0) (local.get 1)))
    (func (export "scaled") (param f64 f64 f64) (result i32)
      (i32.store8 (i32.const 0) (f64.gt (local.get 0) (f64.const 0)))
      (f64.store (i32.const 8) (local.get 2))
      (f64.store (i32.const 16) (f64.div (f64.mul (local.get 1) (local.get 2)) (local.get 0)))
      (i32.const 0)))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (type $definition (record (field "width" f64) (field "height" f64)))
  (func $area (param "shape" $definition) (result f64) (canon lift (core func $i "area")))
  (type $maybe (option $definition))
  (func $scaled (param "shape" $definition) (param "width" f64) (result $maybe)
    (canon lift (core func $i "scaled") (memory $memory)))
  ;; Types of exported functions have names of their own: an inner component gives them.
  (component $measure
    (type $definition (record (field "width" f64) (field "height" f64)))
    (import "rectangle" (type $rectangle (eq $definition)))
    (import "area" (func $area (param "shape" $rectangle) (result f64)))
    (type $maybe (option $rectangle))
    (import "scaled" (func $scaled (param "shape" $rectangle) (param "width" f64) (result $maybe)))
    (export $exported "rectangle" (type $definition))
    (type $maybe-exported (option $exported))
    (export "area" (func $area) (func (param "shape" $exported) (result f64)))
    (export "scaled" (func $scaled)
      (func (param "shape" $exported) (param "width" f64) (result $maybe-exported))))
  (instance $measured (instantiate $measure
    (with "rectangle" (type $definition))
    (with "area" (func $area))
    (with "scaled" (func $scaled))))
  (export "docs:shapes/measure@0.1.0" (instance $measured)))
