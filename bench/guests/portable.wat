;; A portable provider of the capability bench:portable. It says what it is and answers all else with nothing.
(module
  (import "wapc" "__guest_request" (func $guest_request (param i32 i32)))
  (import "wapc" "__guest_response" (func $guest_response (param i32 i32)))
  (memory (export "memory") 1)
  ;; {id, name, version, revision, long_description, supported_operations}: 94 bytes
  (data (i32.const 0) "\86\a2id\aebench:portable\a4name\a5Bench\a7version\a51.0.0\a8revision\00\b0long_description\a0\b4supported_operations\90")
  (func (export "__guest_call") (param $operation i32) (param $length i32) (result i32)
    (call $guest_request (i32.const 512) (i32.const 1024))
    (call $guest_response (i32.const 0)  ;; G: GetCapabilityDescriptor
      (select (i32.const 94) (i32.const 0) (i32.eq (i32.load8_u (i32.const 512)) (i32.const 71))))
    (i32.const 1)))
