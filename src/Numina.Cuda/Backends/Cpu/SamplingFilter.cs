namespace Numina.Cuda.Backends.Cpu;

/// <summary>
/// From raw logits to the tokens that may be drawn: repetition penalty, temperature, min-p, top-k, top-p. Scores stay logits; a softmax over the kept
/// ones gives the probabilities. In double precision: huge logits over a low temperature leave a float no digits.
/// </summary>
internal static class SamplingFilter
{
    /// <summary>Penalised logits over temperature (0 counts as 1), one for each token.</summary>
    public static void Scale(ReadOnlySpan<float> logits, in SamplingRow row, Span<double> scores)
    {
        for (int token = 0; token < logits.Length; token++)
        {
            scores[token] = logits[token];
        }

        if (row.RepetitionPenalty is not (0 or 1))
        {
            // From the raw logits, so that a token that occurs twice is penalised once.
            foreach (int token in row.History.Span)
            {
                scores[token] = logits[token] > 0 ? (double)logits[token] / row.RepetitionPenalty : (double)logits[token] * row.RepetitionPenalty;
            }
        }

        if (row.Temperature is not (0 or 1))
        {
            foreach (ref double score in scores)
            {
                score /= row.Temperature;
            }
        }
    }

    /// <summary>True when min-p, top-k or top-p may drop tokens.</summary>
    public static bool Drops(in SamplingRow row, int vocabulary) =>
        row.MinP > 0 || (row.TopK > 0 && row.TopK < vocabulary) || row.TopP is > 0 and < 1;

    /// <summary>
    /// The kept tokens and their scores, in no particular order; returns how many. At least one is kept. Of equally probable tokens top-p keeps the lower ids.
    /// </summary>
    public static int Keep(ReadOnlySpan<double> scores, in SamplingRow row, Span<int> kept, Span<double> keptScores)
    {
        double largest = Largest(scores);
        int count = Select(scores, row.MinP > 0 ? largest + Math.Log(row.MinP) : double.MinValue, kept, keptScores);
        if (row.TopK > 0 && row.TopK < count)
        {
            count = Select(kept, keptScores, count, KthLargest(keptScores[..count], row.TopK));
        }

        if (row.TopP is not (> 0 and < 1))
        {
            return count;
        }

        double sum = 0;
        foreach (double score in keptScores[..count])
        {
            sum += Math.Exp(score - largest);
        }

        // All tokens below this score together have less than the mass to be dropped, so they need no sorting.
        double mayDrop = (1 - (double)row.TopP) * sum;
        double lowest = largest + Math.Log(0.999 * mayDrop / count);
        double dropped = 0;
        foreach (double score in keptScores[..count])
        {
            dropped += score < lowest ? Math.Exp(score - largest) : 0;
        }

        count = Select(kept, keptScores, count, lowest);
        Sort(keptScores[..count], kept[..count]);
        return TopP(keptScores[..count], mayDrop, dropped);
    }

    /// <summary>Softmax.</summary>
    public static void Probabilities(ReadOnlySpan<double> scores, Span<double> probabilities)
    {
        double largest = Largest(scores);
        double sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            sum += probabilities[i] = Math.Exp(scores[i] - largest);
        }

        foreach (ref double probability in probabilities[..scores.Length])
        {
            probability /= sum;
        }
    }

    private static double Largest(ReadOnlySpan<double> scores)
    {
        double largest = double.NegativeInfinity;
        foreach (double score in scores)
        {
            largest = Math.Max(largest, score);
        }

        return largest;
    }

    private static int Select(ReadOnlySpan<double> scores, double lowest, Span<int> kept, Span<double> keptScores)
    {
        int count = 0;
        for (int token = 0; token < scores.Length; token++)
        {
            if (scores[token] >= lowest)
            {
                (kept[count], keptScores[count]) = (token, scores[token]);
                count++;
            }
        }

        return count;
    }

    /// <summary>The same in place.</summary>
    private static int Select(Span<int> kept, Span<double> keptScores, int count, double lowest)
    {
        int left = 0;
        for (int i = 0; i < count; i++)
        {
            if (keptScores[i] >= lowest)
            {
                (kept[left], keptScores[left]) = (kept[i], keptScores[i]);
                left++;
            }
        }

        return left;
    }

    /// <summary>By a heap of the k largest so far, whose smallest most scores do not reach.</summary>
    private static double KthLargest(ReadOnlySpan<double> scores, int k)
    {
        var largest = new PriorityQueue<double, double>(k);
        foreach (double score in scores)
        {
            if (largest.Count < k)
            {
                largest.Enqueue(score, score);
            }
            else if (score > largest.Peek())
            {
                largest.EnqueueDequeue(score, score);
            }
        }

        return largest.Peek();
    }

    /// <summary>Most probable first; lower ids first among equals.</summary>
    private static void Sort(Span<double> scores, Span<int> tokens)
    {
        scores.Sort(tokens);
        scores.Reverse();
        tokens.Reverse();
        for (int first = 0, end; first < tokens.Length; first = end)
        {
            end = first + 1;
            while (end < tokens.Length && scores[end] == scores[first])
            {
                end++;
            }

            tokens[first..end].Sort();
        }
    }

    /// <summary>Drops from the least probable up while the mass dropped, this token's included, is at most <paramref name="mayDrop"/> (the largest score counts as 1).</summary>
    private static int TopP(ReadOnlySpan<double> scores, double mayDrop, double dropped)
    {
        int count = scores.Length;
        while (count > 1)
        {
            dropped += Math.Exp(scores[count - 1] - scores[0]);
            if (dropped > mayDrop)
            {
                break;
            }

            count--;
        }

        return count;
    }
}
