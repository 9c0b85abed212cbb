;; An actor that misbehaves on demand: byte 9 of the payload, the first character of a JSON string in an awslambda:event
;; message, chooses how. Any other character: it answers with its own payload, as it should.
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
  (data (i32.const 0) "the guest's own words")           ;; 21 bytes
  (data (i32.const 64) "wascc:logging")                  ;; 13 bytes
  (data (i32.const 96) "WriteLog")                       ;; 8 bytes
  (data (i32.const 112) "\82\a5level\03\a4body\a2hi")    ;; 17 bytes: {level: 3, body: "hi"}
  (data (i32.const 160) "MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZCSZW5PMMJ")  ;; 56 bytes: its own key
  (data (i32.const 224) "wascc:extras")                  ;; 12 bytes
  (data (i32.const 240) "RequestSequence")               ;; 15 bytes
  (data (i32.const 256) "\85\a4guid\c2\a8sequence\c3\a6random\c2\a3min\00\a3max\00")  ;; 37 bytes
  (global $bad i32 (i32.const 0xfffffff0))

  (func $recurse (result i32) (i32.add (call $recurse) (i32.const 1)))

  ;; Makes a call that is refused, so that there is a host error to fetch.
  (func $refused (result i32)
    (call $host_call (i32.const 0) (i32.const 0) (i32.const 96) (i32.const 8)
                     (i32.const 96) (i32.const 8) (i32.const 112) (i32.const 17)))

  (func $misbehave (param $how i32)
    ;; a: loop for ever
    (if (i32.eq (local.get $how) (i32.const 97)) (then (loop $l (br $l))))
    ;; b: take all memory, then trap as allocators do
    (if (i32.eq (local.get $how) (i32.const 98)) (then
      (loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      unreachable))
    ;; c: exhaust the call stack
    (if (i32.eq (local.get $how) (i32.const 99)) (then (drop (call $recurse))))
    ;; d to l: a pointer outside of the memory in each of the imports that take one
    (if (i32.eq (local.get $how) (i32.const 100)) (then (call $guest_request (global.get $bad) (i32.const 1024))))
    (if (i32.eq (local.get $how) (i32.const 101)) (then (call $guest_response (global.get $bad) (i32.const 32))))
    (if (i32.eq (local.get $how) (i32.const 102)) (then (call $guest_error (global.get $bad) (i32.const 32))))
    (if (i32.eq (local.get $how) (i32.const 103)) (then
      (drop (call $host_call (i32.const 0) (i32.const 0) (global.get $bad) (i32.const 32)
                             (i32.const 96) (i32.const 8) (i32.const 112) (i32.const 17)))))
    (if (i32.eq (local.get $how) (i32.const 104)) (then
      (drop (call $host_call (i32.const 0) (i32.const 0) (i32.const 64) (i32.const 13)
                             (i32.const 96) (i32.const 8) (global.get $bad) (i32.const 32)))))
    (if (i32.eq (local.get $how) (i32.const 105)) (then
      (drop (call $refused)) (call $host_error (global.get $bad))))
    (if (i32.eq (local.get $how) (i32.const 106)) (then (call $console_log (global.get $bad) (i32.const 32))))
    (if (i32.eq (local.get $how) (i32.const 107)) (then (call $guest_request (i32.const 1024) (global.get $bad))))
    (if (i32.eq (local.get $how) (i32.const 108)) (then
      (drop (call $host_call (i32.const 0) (i32.const 0) (i32.const 64) (i32.const 0xffffffff)
                             (i32.const 96) (i32.const 8) (i32.const 112) (i32.const 17)))))
    ;; r: the same for a host response
    (if (i32.eq (local.get $how) (i32.const 114)) (then
      (drop (call $host_call (i32.const 0) (i32.const 0) (i32.const 224) (i32.const 12)
                             (i32.const 240) (i32.const 15) (i32.const 256) (i32.const 37)))
      (call $host_response (global.get $bad))))
    ;; m: its own words, then a trap
    (if (i32.eq (local.get $how) (i32.const 109)) (then
      (call $guest_error (i32.const 0) (i32.const 21)) unreachable))
    ;; w: read outside of the memory by itself
    (if (i32.eq (local.get $how) (i32.const 119)) (then (drop (i32.load (global.get $bad))))))

  (func (export "__guest_call") (param $op i32) (param $length i32) (result i32)
    (local $how i32)
    (call $guest_request (i32.const 512) (i32.const 65536))
    (local.set $how (i32.load8_u (i32.const 65545)))
    (call $misbehave (local.get $how))
    ;; n: success without an answer
    (if (i32.eq (local.get $how) (i32.const 110)) (then (return (i32.const 1))))
    ;; o: failure without a word
    (if (i32.eq (local.get $how) (i32.const 111)) (then (return (i32.const 0))))
    ;; p: an answer and an error, and failure
    (if (i32.eq (local.get $how) (i32.const 112)) (then
      (call $guest_response (i32.const 65536) (local.get $length))
      (call $guest_error (i32.const 0) (i32.const 21))
      (return (i32.const 0))))
    ;; q: an answer and an error, and success
    (if (i32.eq (local.get $how) (i32.const 113)) (then
      (call $guest_error (i32.const 0) (i32.const 21))))
    ;; s: call itself through the host; what the host says of it becomes the error
    (if (i32.eq (local.get $how) (i32.const 115)) (then
      (drop (call $host_call (i32.const 0) (i32.const 0) (i32.const 160) (i32.const 56)
                             (i32.const 96) (i32.const 8) (i32.const 112) (i32.const 17)))
      (call $host_error (i32.const 4096))
      (call $guest_error (i32.const 4096) (call $host_error_len))
      (return (i32.const 0))))
    ;; t: bytes that are no message
    (if (i32.eq (local.get $how) (i32.const 116)) (then
      (call $guest_response (i32.const 0) (i32.const 21))
      (return (i32.const 1))))
    (call $guest_response (i32.const 65536) (local.get $length))
    (i32.const 1)))
