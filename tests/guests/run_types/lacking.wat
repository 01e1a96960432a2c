;; The interface without its function.
(component
  (instance $exported)
  (export "wasi:cli/run@0.2.0" (instance $exported)))
