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
    /// Ids of the kept tokens in <paramref name="kept"/>, most probable first (lower id first among equals); returns how many. At least one is kept.
    /// </summary>
    public static int Keep(ReadOnlySpan<double> scores, in SamplingRow row, Span<int> kept, Span<double> keptScores)
    {
        double largest = double.NegativeInfinity;
        foreach (double score in scores)
        {
            largest = Math.Max(largest, score);
        }

        double lowest = row.MinP > 0 ? largest + Math.Log(row.MinP) : double.NegativeInfinity;
        int count = 0;
        for (int token = 0; token < scores.Length; token++)
        {
            if (scores[token] >= lowest && scores[token] > double.NegativeInfinity)
            {
                // Negated, an ascending sort puts the largest first.
                (kept[count], keptScores[count]) = (token, -scores[token]);
                count++;
            }
        }

        Sort(keptScores[..count], kept[..count]);
        foreach (ref double score in keptScores[..count])
        {
            score = -score;
        }

        count = TopK(keptScores[..count], row.TopK);
        return TopP(keptScores[..count], row.TopP);
    }

    /// <summary>Softmax.</summary>
    public static void Probabilities(ReadOnlySpan<double> scores, Span<double> probabilities)
    {
        double largest = double.NegativeInfinity;
        foreach (double score in scores)
        {
            largest = Math.Max(largest, score);
        }

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

    private static void Sort(Span<double> negatedScores, Span<int> tokens)
    {
        negatedScores.Sort(tokens);
        for (int first = 0, end; first < tokens.Length; first = end)
        {
            end = first + 1;
            while (end < tokens.Length && negatedScores[end] == negatedScores[first])
            {
                end++;
            }

            tokens[first..end].Sort();
        }
    }

    private static int TopK(ReadOnlySpan<double> scores, int topK)
    {
        if (topK <= 0 || topK >= scores.Length)
        {
            return scores.Length;
        }

        int count = topK;
        while (count < scores.Length && scores[count] == scores[topK - 1])
        {
            count++;
        }

        return count;
    }

    /// <summary>Drops from the least probable up while the mass dropped, this token's included, is at most 1 - top-p.</summary>
    private static int TopP(ReadOnlySpan<double> scores, float topP)
    {
        if (topP is not (> 0 and < 1))
        {
            return scores.Length;
        }

        double sum = 0;
        foreach (double score in scores)
        {
            sum += Math.Exp(score - scores[0]);
        }

        double dropped = 0;
        int count = scores.Length;
        while (count > 1)
        {
            dropped += Math.Exp(scores[count - 1] - scores[0]);
            if (dropped > (1 - (double)topP) * sum)
            {
                break;
            }

            count--;
        }

        return count;
    }
}
