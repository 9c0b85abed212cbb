;; A guest for measuring calls. Its operations, by the first letter:
;;   e  answers at once with nothing
;;   c  makes one host call, fetches the answer and gives it back
;;   r  does that a hundred times
;; The payload of c and r: length of the namespace (1 byte), namespace, length of the operation (1 byte), operation,
;; and all that is left is the payload of the host call.
(module
  (import "wapc" "__guest_request" (func $guest_request (param i32 i32)))
  (import "wapc" "__guest_response" (func $guest_response (param i32 i32)))
  (import "wapc" "__guest_error" (func $guest_error (param i32 i32)))
  (import "wapc" "__host_call" (func $host_call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wapc" "__host_response_len" (func $host_response_len (result i32)))
  (import "wapc" "__host_response" (func $host_response (param i32)))
  (import "wapc" "__host_error_len" (func $host_error_len (result i32)))
  (import "wapc" "__host_error" (func $host_error (param i32)))
  (memory (export "memory") 2)
  (func (export "__guest_call") (param $operation i32) (param $length i32) (result i32)
    (local $left i32) (local $name i32) (local $payload i32) (local $size i32)
    (call $guest_request (i32.const 0) (i32.const 1024))
    (if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 101)) (then
      (call $guest_response (i32.const 0) (i32.const 0)) (return (i32.const 1))))
    (local.set $left (select (i32.const 100) (i32.const 1) (i32.eq (i32.load8_u (i32.const 0)) (i32.const 114))))
    (local.set $name (i32.add (i32.const 1025) (i32.load8_u (i32.const 1024))))
    (local.set $payload (i32.add (i32.add (local.get $name) (i32.const 1)) (i32.load8_u (local.get $name))))
    (loop $again
      (if (i32.eqz (call $host_call (i32.const 0) (i32.const 0) (i32.const 1025) (i32.load8_u (i32.const 1024))
                                    (i32.add (local.get $name) (i32.const 1)) (i32.load8_u (local.get $name))
                                    (local.get $payload)
                                    (i32.sub (i32.add (i32.const 1024) (local.get $length)) (local.get $payload))))
        (then
          (local.set $size (call $host_error_len))
          (call $host_error (i32.const 32768))
          (call $guest_error (i32.const 32768) (local.get $size))
          (return (i32.const 0))))
      (local.set $size (call $host_response_len))
      (call $host_response (i32.const 32768))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (call $guest_response (i32.const 32768) (local.get $size))
    (i32.const 1)))
