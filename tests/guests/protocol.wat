;; Tells what the host does: answers "<binding>|<start order>" pieces on demand of the operation's first letter.
;;   s  the order in which the start functions ran, one letter each
;;   h  makes the host call my/wascc:keyvalue/Add with its own payload and answers with the host's answer,
;;      fetched before its length
;;   z  zero lengths with wild pointers everywhere, then answers with nothing
;;   c  writes its payload to the console and answers with nothing
(module
  (import "wapc" "__guest_request" (func $guest_request (param i32 i32)))
  (import "wapc" "__guest_response" (func $guest_response (param i32 i32)))
  (import "wapc" "__guest_error" (func $guest_error (param i32 i32)))
  (import "wapc" "__host_call" (func $host_call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wapc" "__host_response_len" (func $host_response_len (result i32)))
  (import "wapc" "__host_response" (func $host_response (param i32)))
  (import "wapc" "__host_error_len" (func $host_error_len (result i32)))
  (import "wapc" "__host_error" (func $host_error (param i32)))
  (import "wapc" "__console_log" (func $console_log (param i32 i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "my")
  (data (i32.const 16) "wascc:keyvalue")
  (data (i32.const 32) "Add")
  (global $started (mut i32) (i32.const 48))  ;; where the next letter goes

  (func $mark (param $letter i32)
    (i32.store8 (global.get $started) (local.get $letter))
    (global.set $started (i32.add (global.get $started) (i32.const 1))))
  (func $section (call $mark (i32.const 0x73)))                    ;; s
  (start $section)
  (func (export "_initialize") (call $mark (i32.const 0x69)))      ;; i
  (func (export "_start") (call $mark (i32.const 0x53)))           ;; S
  (func (export "wapc_init") (call $mark (i32.const 0x77)))        ;; w
  (func (export "main") (result i32) unreachable)                  ;; not for the host

  (func (export "__guest_call") (param $operation i32) (param $length i32) (result i32)
    (local $letter i32)
    (call $guest_request (i32.const 512) (i32.const 65536))
    (local.set $letter (i32.load8_u (i32.const 512)))
    (if (i32.eq (local.get $letter) (i32.const 0x73)) (then
      (call $guest_response (i32.const 48) (i32.sub (global.get $started) (i32.const 48)))
      (return (i32.const 1))))
    (if (i32.eq (local.get $letter) (i32.const 0x68)) (then
      (if (call $host_call (i32.const 0) (i32.const 2) (i32.const 16) (i32.const 14) (i32.const 32) (i32.const 3)
                           (i32.const 65536) (local.get $length))
        (then
          (call $host_response (i32.const 65536))
          (call $guest_response (i32.const 65536) (call $host_response_len))
          (return (i32.const 1)))
        (else
          (call $host_error (i32.const 65536))
          (call $guest_error (i32.const 65536) (call $host_error_len))
          (return (i32.const 0))))))
    (if (i32.eq (local.get $letter) (i32.const 0x7a)) (then
      (call $guest_error (i32.const -1) (i32.const 0))
      (call $console_log (i32.const -1) (i32.const 0))
      (call $guest_response (i32.const -1) (i32.const 0))
      (return (i32.const 1))))
    (if (i32.eq (local.get $letter) (i32.const 0x63)) (then
      (call $console_log (i32.const 65536) (local.get $length))
      (call $guest_response (i32.const 0) (i32.const 0))
      (return (i32.const 1))))
    (i32.const 0)))
