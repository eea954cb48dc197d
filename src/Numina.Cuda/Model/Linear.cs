using Numina.Cuda.Backends;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Model;

/// <summary>Loads linear layers that read the same input as one, stacked along their output features.</summary>
internal static class Linear
{
    /// <summary>[outFeatures, inFeatures] from parts in the order given. Throws when the parts don't add up to that.</summary>
    public static LinearWeight Load(IBackend backend, int inFeatures, int outFeatures, LinearOrder order, params LinearWeights[] parts)
    {
        int rows = parts.Sum(part => part.Matrix.Rows);
        if (rows != outFeatures || parts.Any(part => part.Matrix.Columns != inFeatures))
        {
            string found = string.Join(", ", parts.Select(part => $"[{part.Matrix.Rows}, {part.Matrix.Columns}]"));
            throw new ArgumentException($"linear layer: expected parts that make [{outFeatures}, {inFeatures}], found {found}", nameof(parts));
        }

        return backend.LoadLinear([.. parts.Select(part => part.Matrix)], Stack(parts), order);
    }

    /// <summary>The parts' biases one after another, zeros for a part that has none; null when none has one.</summary>
    private static float[]? Stack(LinearWeights[] parts) => parts.All(part => part.Bias == null)
        ? null
        : [.. parts.SelectMany(part => part.Bias ?? new float[part.Matrix.Rows])];
}
