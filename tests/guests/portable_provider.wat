;; A portable provider of the capability test:double. It doubles the number that an actor sends, counts its bindings, and
;; writes a line to standard output for each call. An operation of the letter t traps.
(module
  (import "wapc" "__guest_request" (func $guest_request (param i32 i32)))
  (import "wapc" "__guest_response" (func $guest_response (param i32 i32)))
  (import "wapc" "__guest_error" (func $guest_error (param i32 i32)))
  (import "wapc" "__host_call" (func $host_call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wapc" "__host_response_len" (func $host_response_len (result i32)))
  (import "wapc" "__host_response" (func $host_response (param i32)))
  (import "wapc" "__host_error_len" (func $host_error_len (result i32)))
  (import "wapc" "__host_error" (func $host_error (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; {id, name, version, revision, long_description, supported_operations}: 92 bytes
  (data (i32.const 0) "\86\a2id\abtest:double\a4name\a6Double\a7version\a51.0.0\a8revision\00\b0long_description\a0\b4supported_operations\90")
  (data (i32.const 256) "bad dispatch")
  (data (i32.const 272) "called\n")
  (data (i32.const 280) "\10\01\00\00\07\00\00\00")  ;; one vector: those 7 bytes
  (data (i32.const 300) "wascc:logging")
  (global $bound (mut i32) (i32.const 0))
  (func (export "__guest_call") (param $operation i32) (param $length i32) (result i32)
    (local $letter i32)
    (call $guest_request (i32.const 512) (i32.const 1024))
    (local.set $letter (i32.load8_u (i32.const 512)))
    ;; GetCapabilityDescriptor
    (if (i32.eq (local.get $letter) (i32.const 71)) (then
      (call $guest_response (i32.const 0) (i32.const 92)) (return (i32.const 1))))
    ;; BindActor
    (if (i32.eq (local.get $letter) (i32.const 66)) (then
      (global.set $bound (i32.add (global.get $bound) (i32.const 1)))
      (call $guest_response (i32.const 0) (i32.const 0)) (return (i32.const 1))))
    (if (i32.eq (local.get $letter) (i32.const 116)) (then unreachable))
    ;; c: how many bindings this instance has seen
    (if (i32.eq (local.get $letter) (i32.const 99)) (then
      (i32.store8 (i32.const 768) (global.get $bound))
      (call $guest_response (i32.const 768) (i32.const 1)) (return (i32.const 1))))
    ;; h: its payload as a host call of its own, and what is said to that
    (if (i32.eq (local.get $letter) (i32.const 104)) (then
      (if (call $host_call (i32.const 0) (i32.const 0) (i32.const 300) (i32.const 13)
                           (i32.const 300) (i32.const 5) (i32.const 1024) (local.get $length))
        (then
          (call $host_response (i32.const 2048))
          (call $guest_response (i32.const 2048) (call $host_response_len)) (return (i32.const 1))))
      (call $host_error (i32.const 2048))
      (call $guest_error (i32.const 2048) (call $host_error_len)) (return (i32.const 0))))
    ;; d: double
    (if (i32.eq (local.get $letter) (i32.const 100)) (then
      (drop (call $fd_write (i32.const 1) (i32.const 280) (i32.const 1) (i32.const 320)))
      (i32.store8 (i32.const 1024) (i32.mul (i32.load8_u (i32.const 1024)) (i32.const 2)))
      (call $guest_response (i32.const 1024) (i32.const 1)) (return (i32.const 1))))
    (call $guest_error (i32.const 256) (i32.const 12))
    (i32.const 0)))
