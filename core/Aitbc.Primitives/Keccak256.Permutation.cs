using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Aitbc.Primitives;

/// <content>
/// The permutation Keccak-f[1600] (FIPS 202, section 3.3) of one state, of four and of eight side by side. The lanes
/// of a word lie next to each other: word i of lane k of n is at i * n + k.
/// </content>
public static partial class Keccak256
{
    // An array: a span over data of the program is boxed by code that is not optimised (yet).
    private static readonly ulong[] RoundConstants =
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
        0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
        0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
        0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    private static void Permute(Span<ulong> state)
    {
        var s = state[..Words];
        ulong a0 = s[0], a1 = s[1], a2 = s[2], a3 = s[3], a4 = s[4];
        ulong a5 = s[5], a6 = s[6], a7 = s[7], a8 = s[8], a9 = s[9];
        ulong a10 = s[10], a11 = s[11], a12 = s[12], a13 = s[13], a14 = s[14];
        ulong a15 = s[15], a16 = s[16], a17 = s[17], a18 = s[18], a19 = s[19];
        ulong a20 = s[20], a21 = s[21], a22 = s[22], a23 = s[23], a24 = s[24];
        foreach (var constant in RoundConstants)
        {
            var c0 = a0 ^ a5 ^ a10 ^ a15 ^ a20;
            var c1 = a1 ^ a6 ^ a11 ^ a16 ^ a21;
            var c2 = a2 ^ a7 ^ a12 ^ a17 ^ a22;
            var c3 = a3 ^ a8 ^ a13 ^ a18 ^ a23;
            var c4 = a4 ^ a9 ^ a14 ^ a19 ^ a24;
            var d0 = c4 ^ BitOperations.RotateLeft(c1, 1); var d1 = c0 ^ BitOperations.RotateLeft(c2, 1);
            var d2 = c1 ^ BitOperations.RotateLeft(c3, 1); var d3 = c2 ^ BitOperations.RotateLeft(c4, 1);
            var d4 = c3 ^ BitOperations.RotateLeft(c0, 1);
            var b0 = a0 ^ d0; var b1 = BitOperations.RotateLeft(a6 ^ d1, 44);
            var b2 = BitOperations.RotateLeft(a12 ^ d2, 43); var b3 = BitOperations.RotateLeft(a18 ^ d3, 21);
            var b4 = BitOperations.RotateLeft(a24 ^ d4, 14); var b5 = BitOperations.RotateLeft(a3 ^ d3, 28);
            var b6 = BitOperations.RotateLeft(a9 ^ d4, 20); var b7 = BitOperations.RotateLeft(a10 ^ d0, 3);
            var b8 = BitOperations.RotateLeft(a16 ^ d1, 45); var b9 = BitOperations.RotateLeft(a22 ^ d2, 61);
            var b10 = BitOperations.RotateLeft(a1 ^ d1, 1); var b11 = BitOperations.RotateLeft(a7 ^ d2, 6);
            var b12 = BitOperations.RotateLeft(a13 ^ d3, 25); var b13 = BitOperations.RotateLeft(a19 ^ d4, 8);
            var b14 = BitOperations.RotateLeft(a20 ^ d0, 18); var b15 = BitOperations.RotateLeft(a4 ^ d4, 27);
            var b16 = BitOperations.RotateLeft(a5 ^ d0, 36); var b17 = BitOperations.RotateLeft(a11 ^ d1, 10);
            var b18 = BitOperations.RotateLeft(a17 ^ d2, 15); var b19 = BitOperations.RotateLeft(a23 ^ d3, 56);
            var b20 = BitOperations.RotateLeft(a2 ^ d2, 62); var b21 = BitOperations.RotateLeft(a8 ^ d3, 55);
            var b22 = BitOperations.RotateLeft(a14 ^ d4, 39); var b23 = BitOperations.RotateLeft(a15 ^ d0, 41);
            var b24 = BitOperations.RotateLeft(a21 ^ d1, 2);
            a0 = b0 ^ (~b1 & b2) ^ constant; a1 = b1 ^ (~b2 & b3);
            a2 = b2 ^ (~b3 & b4); a3 = b3 ^ (~b4 & b0);
            a4 = b4 ^ (~b0 & b1); a5 = b5 ^ (~b6 & b7);
            a6 = b6 ^ (~b7 & b8); a7 = b7 ^ (~b8 & b9);
            a8 = b8 ^ (~b9 & b5); a9 = b9 ^ (~b5 & b6);
            a10 = b10 ^ (~b11 & b12); a11 = b11 ^ (~b12 & b13);
            a12 = b12 ^ (~b13 & b14); a13 = b13 ^ (~b14 & b10);
            a14 = b14 ^ (~b10 & b11); a15 = b15 ^ (~b16 & b17);
            a16 = b16 ^ (~b17 & b18); a17 = b17 ^ (~b18 & b19);
            a18 = b18 ^ (~b19 & b15); a19 = b19 ^ (~b15 & b16);
            a20 = b20 ^ (~b21 & b22); a21 = b21 ^ (~b22 & b23);
            a22 = b22 ^ (~b23 & b24); a23 = b23 ^ (~b24 & b20);
            a24 = b24 ^ (~b20 & b21);
        }

        s[0] = a0; s[1] = a1; s[2] = a2; s[3] = a3; s[4] = a4;
        s[5] = a5; s[6] = a6; s[7] = a7; s[8] = a8; s[9] = a9;
        s[10] = a10; s[11] = a11; s[12] = a12; s[13] = a13; s[14] = a14;
        s[15] = a15; s[16] = a16; s[17] = a17; s[18] = a18; s[19] = a19;
        s[20] = a20; s[21] = a21; s[22] = a22; s[23] = a23; s[24] = a24;
    }

    private static void Permute4(Span<ulong> state)
    {
        ref var s = ref MemoryMarshal.GetReference(state);
        Vector256<ulong> a0 = Vector256.LoadUnsafe(ref s, 0), a1 = Vector256.LoadUnsafe(ref s, 4);
        Vector256<ulong> a2 = Vector256.LoadUnsafe(ref s, 8), a3 = Vector256.LoadUnsafe(ref s, 12);
        Vector256<ulong> a4 = Vector256.LoadUnsafe(ref s, 16), a5 = Vector256.LoadUnsafe(ref s, 20);
        Vector256<ulong> a6 = Vector256.LoadUnsafe(ref s, 24), a7 = Vector256.LoadUnsafe(ref s, 28);
        Vector256<ulong> a8 = Vector256.LoadUnsafe(ref s, 32), a9 = Vector256.LoadUnsafe(ref s, 36);
        Vector256<ulong> a10 = Vector256.LoadUnsafe(ref s, 40), a11 = Vector256.LoadUnsafe(ref s, 44);
        Vector256<ulong> a12 = Vector256.LoadUnsafe(ref s, 48), a13 = Vector256.LoadUnsafe(ref s, 52);
        Vector256<ulong> a14 = Vector256.LoadUnsafe(ref s, 56), a15 = Vector256.LoadUnsafe(ref s, 60);
        Vector256<ulong> a16 = Vector256.LoadUnsafe(ref s, 64), a17 = Vector256.LoadUnsafe(ref s, 68);
        Vector256<ulong> a18 = Vector256.LoadUnsafe(ref s, 72), a19 = Vector256.LoadUnsafe(ref s, 76);
        Vector256<ulong> a20 = Vector256.LoadUnsafe(ref s, 80), a21 = Vector256.LoadUnsafe(ref s, 84);
        Vector256<ulong> a22 = Vector256.LoadUnsafe(ref s, 88), a23 = Vector256.LoadUnsafe(ref s, 92);
        Vector256<ulong> a24 = Vector256.LoadUnsafe(ref s, 96);
        foreach (var constant in RoundConstants)
        {
            var c0 = a0 ^ a5 ^ a10 ^ a15 ^ a20;
            var c1 = a1 ^ a6 ^ a11 ^ a16 ^ a21;
            var c2 = a2 ^ a7 ^ a12 ^ a17 ^ a22;
            var c3 = a3 ^ a8 ^ a13 ^ a18 ^ a23;
            var c4 = a4 ^ a9 ^ a14 ^ a19 ^ a24;
            var d0 = c4 ^ Rotate(c1, 1); var d1 = c0 ^ Rotate(c2, 1);
            var d2 = c1 ^ Rotate(c3, 1); var d3 = c2 ^ Rotate(c4, 1);
            var d4 = c3 ^ Rotate(c0, 1);
            var b0 = a0 ^ d0; var b1 = Rotate(a6 ^ d1, 44);
            var b2 = Rotate(a12 ^ d2, 43); var b3 = Rotate(a18 ^ d3, 21);
            var b4 = Rotate(a24 ^ d4, 14); var b5 = Rotate(a3 ^ d3, 28);
            var b6 = Rotate(a9 ^ d4, 20); var b7 = Rotate(a10 ^ d0, 3);
            var b8 = Rotate(a16 ^ d1, 45); var b9 = Rotate(a22 ^ d2, 61);
            var b10 = Rotate(a1 ^ d1, 1); var b11 = Rotate(a7 ^ d2, 6);
            var b12 = Rotate(a13 ^ d3, 25); var b13 = Rotate(a19 ^ d4, 8);
            var b14 = Rotate(a20 ^ d0, 18); var b15 = Rotate(a4 ^ d4, 27);
            var b16 = Rotate(a5 ^ d0, 36); var b17 = Rotate(a11 ^ d1, 10);
            var b18 = Rotate(a17 ^ d2, 15); var b19 = Rotate(a23 ^ d3, 56);
            var b20 = Rotate(a2 ^ d2, 62); var b21 = Rotate(a8 ^ d3, 55);
            var b22 = Rotate(a14 ^ d4, 39); var b23 = Rotate(a15 ^ d0, 41);
            var b24 = Rotate(a21 ^ d1, 2);
            a0 = b0 ^ Avx2.AndNot(b1, b2) ^ Vector256.Create(constant); a1 = b1 ^ Avx2.AndNot(b2, b3);
            a2 = b2 ^ Avx2.AndNot(b3, b4); a3 = b3 ^ Avx2.AndNot(b4, b0);
            a4 = b4 ^ Avx2.AndNot(b0, b1); a5 = b5 ^ Avx2.AndNot(b6, b7);
            a6 = b6 ^ Avx2.AndNot(b7, b8); a7 = b7 ^ Avx2.AndNot(b8, b9);
            a8 = b8 ^ Avx2.AndNot(b9, b5); a9 = b9 ^ Avx2.AndNot(b5, b6);
            a10 = b10 ^ Avx2.AndNot(b11, b12); a11 = b11 ^ Avx2.AndNot(b12, b13);
            a12 = b12 ^ Avx2.AndNot(b13, b14); a13 = b13 ^ Avx2.AndNot(b14, b10);
            a14 = b14 ^ Avx2.AndNot(b10, b11); a15 = b15 ^ Avx2.AndNot(b16, b17);
            a16 = b16 ^ Avx2.AndNot(b17, b18); a17 = b17 ^ Avx2.AndNot(b18, b19);
            a18 = b18 ^ Avx2.AndNot(b19, b15); a19 = b19 ^ Avx2.AndNot(b15, b16);
            a20 = b20 ^ Avx2.AndNot(b21, b22); a21 = b21 ^ Avx2.AndNot(b22, b23);
            a22 = b22 ^ Avx2.AndNot(b23, b24); a23 = b23 ^ Avx2.AndNot(b24, b20);
            a24 = b24 ^ Avx2.AndNot(b20, b21);
        }

        a0.StoreUnsafe(ref s, 0); a1.StoreUnsafe(ref s, 4); a2.StoreUnsafe(ref s, 8);
        a3.StoreUnsafe(ref s, 12); a4.StoreUnsafe(ref s, 16); a5.StoreUnsafe(ref s, 20);
        a6.StoreUnsafe(ref s, 24); a7.StoreUnsafe(ref s, 28); a8.StoreUnsafe(ref s, 32);
        a9.StoreUnsafe(ref s, 36); a10.StoreUnsafe(ref s, 40); a11.StoreUnsafe(ref s, 44);
        a12.StoreUnsafe(ref s, 48); a13.StoreUnsafe(ref s, 52); a14.StoreUnsafe(ref s, 56);
        a15.StoreUnsafe(ref s, 60); a16.StoreUnsafe(ref s, 64); a17.StoreUnsafe(ref s, 68);
        a18.StoreUnsafe(ref s, 72); a19.StoreUnsafe(ref s, 76); a20.StoreUnsafe(ref s, 80);
        a21.StoreUnsafe(ref s, 84); a22.StoreUnsafe(ref s, 88); a23.StoreUnsafe(ref s, 92);
        a24.StoreUnsafe(ref s, 96);
    }

    private static void Permute8(Span<ulong> state)
    {
        ref var s = ref MemoryMarshal.GetReference(state);
        Vector512<ulong> a0 = Vector512.LoadUnsafe(ref s, 0), a1 = Vector512.LoadUnsafe(ref s, 8);
        Vector512<ulong> a2 = Vector512.LoadUnsafe(ref s, 16), a3 = Vector512.LoadUnsafe(ref s, 24);
        Vector512<ulong> a4 = Vector512.LoadUnsafe(ref s, 32), a5 = Vector512.LoadUnsafe(ref s, 40);
        Vector512<ulong> a6 = Vector512.LoadUnsafe(ref s, 48), a7 = Vector512.LoadUnsafe(ref s, 56);
        Vector512<ulong> a8 = Vector512.LoadUnsafe(ref s, 64), a9 = Vector512.LoadUnsafe(ref s, 72);
        Vector512<ulong> a10 = Vector512.LoadUnsafe(ref s, 80), a11 = Vector512.LoadUnsafe(ref s, 88);
        Vector512<ulong> a12 = Vector512.LoadUnsafe(ref s, 96), a13 = Vector512.LoadUnsafe(ref s, 104);
        Vector512<ulong> a14 = Vector512.LoadUnsafe(ref s, 112), a15 = Vector512.LoadUnsafe(ref s, 120);
        Vector512<ulong> a16 = Vector512.LoadUnsafe(ref s, 128), a17 = Vector512.LoadUnsafe(ref s, 136);
        Vector512<ulong> a18 = Vector512.LoadUnsafe(ref s, 144), a19 = Vector512.LoadUnsafe(ref s, 152);
        Vector512<ulong> a20 = Vector512.LoadUnsafe(ref s, 160), a21 = Vector512.LoadUnsafe(ref s, 168);
        Vector512<ulong> a22 = Vector512.LoadUnsafe(ref s, 176), a23 = Vector512.LoadUnsafe(ref s, 184);
        Vector512<ulong> a24 = Vector512.LoadUnsafe(ref s, 192);
        foreach (var constant in RoundConstants)
        {
            var c0 = Xor3(Xor3(a0, a5, a10), a15, a20);
            var c1 = Xor3(Xor3(a1, a6, a11), a16, a21);
            var c2 = Xor3(Xor3(a2, a7, a12), a17, a22);
            var c3 = Xor3(Xor3(a3, a8, a13), a18, a23);
            var c4 = Xor3(Xor3(a4, a9, a14), a19, a24);
            var d0 = c4 ^ Avx512F.RotateLeft(c1, 1); var d1 = c0 ^ Avx512F.RotateLeft(c2, 1);
            var d2 = c1 ^ Avx512F.RotateLeft(c3, 1); var d3 = c2 ^ Avx512F.RotateLeft(c4, 1);
            var d4 = c3 ^ Avx512F.RotateLeft(c0, 1);
            var b0 = a0 ^ d0; var b1 = Avx512F.RotateLeft(a6 ^ d1, 44);
            var b2 = Avx512F.RotateLeft(a12 ^ d2, 43); var b3 = Avx512F.RotateLeft(a18 ^ d3, 21);
            var b4 = Avx512F.RotateLeft(a24 ^ d4, 14); var b5 = Avx512F.RotateLeft(a3 ^ d3, 28);
            var b6 = Avx512F.RotateLeft(a9 ^ d4, 20); var b7 = Avx512F.RotateLeft(a10 ^ d0, 3);
            var b8 = Avx512F.RotateLeft(a16 ^ d1, 45); var b9 = Avx512F.RotateLeft(a22 ^ d2, 61);
            var b10 = Avx512F.RotateLeft(a1 ^ d1, 1); var b11 = Avx512F.RotateLeft(a7 ^ d2, 6);
            var b12 = Avx512F.RotateLeft(a13 ^ d3, 25); var b13 = Avx512F.RotateLeft(a19 ^ d4, 8);
            var b14 = Avx512F.RotateLeft(a20 ^ d0, 18); var b15 = Avx512F.RotateLeft(a4 ^ d4, 27);
            var b16 = Avx512F.RotateLeft(a5 ^ d0, 36); var b17 = Avx512F.RotateLeft(a11 ^ d1, 10);
            var b18 = Avx512F.RotateLeft(a17 ^ d2, 15); var b19 = Avx512F.RotateLeft(a23 ^ d3, 56);
            var b20 = Avx512F.RotateLeft(a2 ^ d2, 62); var b21 = Avx512F.RotateLeft(a8 ^ d3, 55);
            var b22 = Avx512F.RotateLeft(a14 ^ d4, 39); var b23 = Avx512F.RotateLeft(a15 ^ d0, 41);
            var b24 = Avx512F.RotateLeft(a21 ^ d1, 2);
            a0 = Chi(b0, b1, b2) ^ Vector512.Create(constant); a1 = Chi(b1, b2, b3);
            a2 = Chi(b2, b3, b4); a3 = Chi(b3, b4, b0);
            a4 = Chi(b4, b0, b1); a5 = Chi(b5, b6, b7);
            a6 = Chi(b6, b7, b8); a7 = Chi(b7, b8, b9);
            a8 = Chi(b8, b9, b5); a9 = Chi(b9, b5, b6);
            a10 = Chi(b10, b11, b12); a11 = Chi(b11, b12, b13);
            a12 = Chi(b12, b13, b14); a13 = Chi(b13, b14, b10);
            a14 = Chi(b14, b10, b11); a15 = Chi(b15, b16, b17);
            a16 = Chi(b16, b17, b18); a17 = Chi(b17, b18, b19);
            a18 = Chi(b18, b19, b15); a19 = Chi(b19, b15, b16);
            a20 = Chi(b20, b21, b22); a21 = Chi(b21, b22, b23);
            a22 = Chi(b22, b23, b24); a23 = Chi(b23, b24, b20);
            a24 = Chi(b24, b20, b21);
        }

        a0.StoreUnsafe(ref s, 0); a1.StoreUnsafe(ref s, 8); a2.StoreUnsafe(ref s, 16);
        a3.StoreUnsafe(ref s, 24); a4.StoreUnsafe(ref s, 32); a5.StoreUnsafe(ref s, 40);
        a6.StoreUnsafe(ref s, 48); a7.StoreUnsafe(ref s, 56); a8.StoreUnsafe(ref s, 64);
        a9.StoreUnsafe(ref s, 72); a10.StoreUnsafe(ref s, 80); a11.StoreUnsafe(ref s, 88);
        a12.StoreUnsafe(ref s, 96); a13.StoreUnsafe(ref s, 104); a14.StoreUnsafe(ref s, 112);
        a15.StoreUnsafe(ref s, 120); a16.StoreUnsafe(ref s, 128); a17.StoreUnsafe(ref s, 136);
        a18.StoreUnsafe(ref s, 144); a19.StoreUnsafe(ref s, 152); a20.StoreUnsafe(ref s, 160);
        a21.StoreUnsafe(ref s, 168); a22.StoreUnsafe(ref s, 176); a23.StoreUnsafe(ref s, 184);
        a24.StoreUnsafe(ref s, 192);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Rotate(Vector256<ulong> value, int by) => (value << by) | (value >>> (64 - by));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Xor3(Vector512<ulong> x, Vector512<ulong> y, Vector512<ulong> z) =>
        Avx512F.TernaryLogic(x, y, z, 0x96);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Chi(Vector512<ulong> x, Vector512<ulong> y, Vector512<ulong> z) =>
        Avx512F.TernaryLogic(x, y, z, 0xd2);
}
