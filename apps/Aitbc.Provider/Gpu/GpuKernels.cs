using Aitbc.Sdk.Gpu;
using ILGPU;
using ILGPU.Runtime;

namespace Aitbc.Provider.Gpu;

/// <summary>
/// The work of a challenge as it is compiled for a graphics processor: one thread for each lane. It must give what
/// <see cref="GpuWork.Lane"/> gives.
/// </summary>
internal static class GpuKernels
{
    private const ulong Prime = (1UL << 31) - 1;

    /// <summary>Adds the matrices from one step to another to every lane.</summary>
    public static void Fill(
        Index1D lane, ArrayView1D<uint, Stride1D.Dense> blocks, ulong first, ulong second, int steps, int from, int to)
    {
        var start = (long)(int)lane * steps * GpuWork.Elements;
        for (var step = from; step < to; step++)
        {
            var block = start + ((long)step * GpuWork.Elements);
            if (step == 0)
            {
                for (var element = 0; element < GpuWork.Elements; element++)
                    blocks[block + element] = Element(first, second, lane, 0, element);
            }
            else
            {
                Next(blocks, start, block, first, second, lane, step);
            }
        }
    }

    /// <summary>One word for each lane, from its last matrix.</summary>
    public static void Fold(
        Index1D lane, ArrayView1D<uint, Stride1D.Dense> blocks, ArrayView1D<ulong, Stride1D.Dense> results, int steps)
    {
        var last = (((long)(int)lane * steps) + steps - 1) * GpuWork.Elements;
        var result = 0UL;
        for (var element = 0; element < GpuWork.Elements; element++)
            result = Mix(result + blocks[last + element]);
        results[lane] = result;
    }

    private static void Next(
        ArrayView1D<uint, Stride1D.Dense> blocks, long start, long block, ulong first, ulong second, int lane, int step)
    {
        var left = block - GpuWork.Elements;
        var right = start + ((blocks[left] % (uint)step) * (long)GpuWork.Elements);
        for (var row = 0; row < GpuWork.Side; row++)
        {
            for (var column = 0; column < GpuWork.Side; column++)
            {
                var element = (row * GpuWork.Side) + column;
                ulong sum = Element(first, second, lane, step, element);
                for (var k = 0; k < GpuWork.Side; k++)
                {
                    var product = (ulong)blocks[left + (row * GpuWork.Side) + k]
                        * blocks[right + (k * GpuWork.Side) + column];
                    sum = (sum & Prime) + (sum >> 31) + product;
                }

                blocks[block + element] = (uint)(sum % Prime);
            }
        }
    }

    private static uint Element(ulong first, ulong second, int lane, int step, int element)
    {
        var place = ((ulong)lane << 40) | ((ulong)step << 8) | (uint)element;
        return (uint)(Mix(first + Mix(second + place)) % Prime);
    }

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
