using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>
/// Which families the groups have: what a scrape has to know before it can write family after family. Most pushes bring
/// new values for what is there, and leave it as it is; so all snapshots in between share one.
/// </summary>
internal sealed class StoreLayout
{
    /// <summary>A family of a group that is not scraped, having no metrics.</summary>
    private const int Nowhere = -1;

    private Plan? _plan;

    /// <summary>The families that have metrics, by name in order; those of one name group after group.</summary>
    /// <remarks>
    /// The groups are gone through once, in order, and not once a name: most of what a scrape takes is waiting for memory that
    /// is in no cache (bench/results/scrape-2026-11-25.md).
    /// </remarks>
    /// <param name="snapshot">One of those that share this.</param>
    public FamilyAcrossGroups[] Gather(StoreSnapshot snapshot)
    {
        Plan plan = _plan ??= Plan.Of(snapshot);
        FamilyAcrossGroups[] families =
            Array.ConvertAll(plan.Families, family => new FamilyAcrossGroups(family.Header, family.Groups));
        int[] places = snapshot.PlacesInOrder;
        for (int i = 0; i < places.Length; i++)
        {
            MetricGroup group = snapshot.GroupAt(places[i]);
            int[] columns = plan.Columns[i];
            for (int j = 0; j < columns.Length; j++)
            {
                if (columns[j] != Nowhere)
                {
                    families[columns[j]].Add(group, j);
                }
            }
        }
        return families;
    }

    /// <param name="Families">By name in order.</param>
    /// <param name="Columns">
    /// For each group, in order, where each of its families is in the first list. Groups that are alike share theirs.
    /// </param>
    private sealed record Plan(Family[] Families, int[][] Columns)
    {
        public static Plan Of(StoreSnapshot snapshot)
        {
            var numbers = new Dictionary<Utf8String, int>();
            var families = new List<Family>();
            int[] places = snapshot.PlacesInOrder;
            var columns = new int[places.Length][];
            var shapes = new List<int[]>();
            var row = new List<int>();
            for (int i = 0; i < places.Length; i++)
            {
                row.Clear();
                foreach (ref readonly StoredFamily family in snapshot.GroupAt(places[i]).Families)
                {
                    row.Add(family.MetricCount == 0 ? Nowhere : Count(family.Header, numbers, families));
                }
                if (shapes.Count == 0 || !row.SequenceEqual(shapes[^1]))
                {
                    shapes.Add([.. row]);
                }
                columns[i] = shapes[^1];
            }

            Family[] inOrder = [.. families.OrderBy(family => family.Header.Name)];
            var positions = new int[inOrder.Length];
            for (int i = 0; i < inOrder.Length; i++)
            {
                positions[numbers[inOrder[i].Header.Name]] = i;
            }
            foreach (int[] shape in shapes)
            {
                for (int i = 0; i < shape.Length; i++)
                {
                    shape[i] = shape[i] == Nowhere ? Nowhere : positions[shape[i]];
                }
            }
            return new Plan(inOrder, columns);
        }

        /// <summary>Gives the family's number, in the order in which they are come upon.</summary>
        private static int Count(FamilyHeader header, Dictionary<Utf8String, int> numbers, List<Family> families)
        {
            if (!numbers.TryGetValue(header.Name, out int number))
            {
                number = families.Count;
                numbers.Add(header.Name, number);
                families.Add(new Family(header));
            }
            families[number].Groups++;
            return number;
        }
    }

    private sealed class Family(FamilyHeader header)
    {
        public FamilyHeader Header => header;

        public int Groups { get; set; }
    }
}
