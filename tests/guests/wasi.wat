;; Uses WASI: writes "one\ntwo" to standard output when started, ends its _start by proc_exit(0), and answers a call by
;; waiting in poll_oneoff for as many milliseconds as its payload's first byte says, or for an hour if that is 255.
(module
  (import "wapc" "__guest_request" (func $guest_request (param i32 i32)))
  (import "wapc" "__guest_response" (func $guest_response (param i32 i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "one\ntwo")
  (data (i32.const 16) "\00\00\00\00\07\00\00\00")  ;; one vector: pointer 0, length 7
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 32)))
    (call $proc_exit (i32.const 0)))
  (func (export "__guest_call") (param i32 i32) (result i32)
    (call $guest_request (i32.const 512) (i32.const 1024))
    ;; a relative subscription to the monotonic clock, at 2048
    (i32.store (i32.const 2064) (i32.const 1))
    (i64.store (i32.const 2072)
      (select (i64.const 3600000000000)
              (i64.mul (i64.load8_u (i32.const 1024)) (i64.const 1000000))
              (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 255))))
    (if (call $poll_oneoff (i32.const 2048) (i32.const 3072) (i32.const 1) (i32.const 4096)) (then unreachable))
    (if (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 4104)) (then unreachable))
    (if (call $environ_sizes_get (i32.const 4112) (i32.const 4116)) (then unreachable))
    ;; answer: how many events, how many variables
    (i32.store (i32.const 4100) (i32.load (i32.const 4112)))
    (call $guest_response (i32.const 4096) (i32.const 8))
    (i32.const 1)))
