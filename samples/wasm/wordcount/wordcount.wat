;; Counts lines, words and bytes of standard input and prints them with an FNV-1a 64 checksum.
;; A line is a 0x0a byte; a word is a longest run of bytes other than 0x09..0x0d and 0x20.
;; Imports only fd_read, fd_write and proc_exit of WASI preview1; exits 1 when reading fails, 2 when writing fails.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))

  ;; Layout: 0 iovec (address, length), 8 count of bytes moved, 32 literals, 128 text under construction,
  ;; 65536 a 64 KiB read buffer.
  (memory (export "memory") 2 2)
  (data (i32.const 32) "lines words bytes fnv1a64 ")

  (global $out (mut i32) (i32.const 128))

  (func $put_byte (param $byte i32)
    (i32.store8 (global.get $out) (local.get $byte))
    (global.set $out (i32.add (global.get $out) (i32.const 1))))

  (func $put_text (param $from i32) (param $length i32)
    (memory.copy (global.get $out) (local.get $from) (local.get $length))
    (global.set $out (i32.add (global.get $out) (local.get $length))))

  (func $put_decimal (param $value i64)
    (if (i64.ge_u (local.get $value) (i64.const 10))
      (then (call $put_decimal (i64.div_u (local.get $value) (i64.const 10)))))
    (call $put_byte (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $value) (i64.const 10))))))

  (func $put_hex (param $value i64)
    (local $shift i64)
    (local $digit i32)
    (local.set $shift (i64.const 60))
    (loop $next
      (local.set $digit
        (i32.wrap_i64 (i64.and (i64.shr_u (local.get $value) (local.get $shift)) (i64.const 15))))
      (call $put_byte
        (i32.add (local.get $digit)
          (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $digit) (i32.const 10)))))
      (local.set $shift (i64.sub (local.get $shift) (i64.const 4)))
      (br_if $next (i64.ge_s (local.get $shift) (i64.const 0)))))

  ;; Writes what lies between 128 and $out, however often fd_write takes less than it was offered.
  (func $flush
    (local $from i32)
    (local.set $from (i32.const 128))
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $from) (global.get $out)))
        (i32.store (i32.const 0) (local.get $from))
        (i32.store (i32.const 4) (i32.sub (global.get $out) (local.get $from)))
        (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))
          (then (call $proc_exit (i32.const 2))))
        (local.set $from (i32.add (local.get $from) (i32.load (i32.const 8))))
        (br $more))))

  (func (export "_start")
    (local $lines i64)
    (local $words i64)
    (local $bytes i64)
    (local $hash i64)
    (local $in_word i32)
    (local $at i32)
    (local $end i32)
    (local $byte i32)
    (local.set $hash (i64.const 0xcbf29ce484222325))
    (block $eof
      (loop $chunk
        (i32.store (i32.const 0) (i32.const 65536))
        (i32.store (i32.const 4) (i32.const 65536))
        (if (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))
          (then (call $proc_exit (i32.const 1))))
        (br_if $eof (i32.eqz (i32.load (i32.const 8))))
        (local.set $bytes (i64.add (local.get $bytes) (i64.load32_u (i32.const 8))))
        (local.set $at (i32.const 65536))
        (local.set $end (i32.add (i32.const 65536) (i32.load (i32.const 8))))
        (loop $next
          (local.set $byte (i32.load8_u (local.get $at)))
          (local.set $hash
            (i64.mul
              (i64.xor (local.get $hash) (i64.extend_i32_u (local.get $byte)))
              (i64.const 0x100000001b3)))
          (local.set $lines
            (i64.add (local.get $lines) (i64.extend_i32_u (i32.eq (local.get $byte) (i32.const 10)))))
          (if (i32.or
                (i32.eq (local.get $byte) (i32.const 32))
                (i32.lt_u (i32.sub (local.get $byte) (i32.const 9)) (i32.const 5)))
            (then (local.set $in_word (i32.const 0)))
            (else
              (local.set $words
                (i64.add (local.get $words) (i64.extend_i32_u (i32.eqz (local.get $in_word)))))
              (local.set $in_word (i32.const 1))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
        (br $chunk)))
    (call $put_text (i32.const 32) (i32.const 6))
    (call $put_decimal (local.get $lines))
    (call $put_byte (i32.const 10))
    (call $put_text (i32.const 38) (i32.const 6))
    (call $put_decimal (local.get $words))
    (call $put_byte (i32.const 10))
    (call $put_text (i32.const 44) (i32.const 6))
    (call $put_decimal (local.get $bytes))
    (call $put_byte (i32.const 10))
    (call $put_text (i32.const 50) (i32.const 8))
    (call $put_hex (local.get $hash))
    (call $put_byte (i32.const 10))
    (call $flush)))
