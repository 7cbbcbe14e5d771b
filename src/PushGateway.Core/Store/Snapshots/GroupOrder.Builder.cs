namespace PushGateway.Core.Store.Snapshots;

/// <content>Changes.</content>
internal sealed partial class GroupOrder<TComparer>
{
    /// <summary>A mutable order. Orders frozen from it share the unchanged chunks.</summary>
    internal sealed class Builder
    {
        /// <summary>Visiting every entry is faster than searching for more than this fraction of them.</summary>
        private const int SearchShare = 64;

        private Chunk[] _chunks;
        private int _count;
        private GroupOrder<TComparer>? _order;

        /// <summary>The owner of chunks that no order shares.</summary>
        private object _owner = new();

        public Builder(GroupOrder<TComparer> order)
        {
            _chunks = order._chunks;
            _count = order.Count;
            _order = order;
        }

        public int Count => _count;

        public void Add(GroupingKey key, int place)
        {
            (int chunk, int index) = Find(_chunks, key);
            if (index == 0 && chunk > 0 && _chunks[chunk - 1].Count < ChunkEntries)
            {
                index = _chunks[--chunk].Count;
            }
            Change();
            if (index == ChunkEntries || _chunks.Length == 0)
            {
                // Keys that arrive in order fill one chunk after another.
                chunk = _chunks.Length;
                index = 0;
                InsertChunk(chunk, new Chunk(_owner, [], 0));
            }
            else if (_chunks[chunk].Count == ChunkEntries)
            {
                Split(chunk);
                (chunk, index) = index > ChunkEntries / 2 ? (chunk + 1, index - (ChunkEntries / 2)) : (chunk, index);
            }
            Own(chunk).Insert(index, new Entry(key, place));
            _count++;
        }

        public void Remove(GroupingKey key)
        {
            (int chunk, int index) = Find(_chunks, key);
            if (!IsAt(_chunks, chunk, index, key))
            {
                return;
            }
            Change();
            _count--;
            if (_chunks[chunk].Count == 1)
            {
                RemoveChunk(chunk);
                return;
            }
            Own(chunk).RemoveAt(index);
            if (chunk + 1 < _chunks.Length && Fit(_chunks[chunk], _chunks[chunk + 1].Count))
            {
                Append(chunk, _chunks[chunk + 1]);
                RemoveChunk(chunk + 1);
            }
        }

        /// <summary>Removes several groups.</summary>
        /// <param name="isGone">Whether a place belongs to a removed group.</param>
        public void RemoveAll(IReadOnlyCollection<GroupingKey> keys, Predicate<int> isGone)
        {
            if (keys.Count > _count / SearchShare)
            {
                RemoveAll(isGone);
                return;
            }
            foreach (GroupingKey key in keys)
            {
                Remove(key);
            }
        }

        /// <summary>The current order.</summary>
        public GroupOrder<TComparer> Freeze()
        {
            if (_order is null)
            {
                _order = new GroupOrder<TComparer>(_chunks, _count);
                _owner = new object();
            }
            return _order;
        }

        private void RemoveAll(Predicate<int> isGone)
        {
            Change();
            var rest = new List<Chunk>(_chunks.Length);
            _count = 0;
            foreach (Chunk chunk in _chunks)
            {
                Chunk? stays = Rest(chunk, isGone);
                if (stays is null)
                {
                    continue;
                }
                _count += stays.Count;
                if (rest.Count > 0 && stays.Owner == _owner && rest[^1].Owner == _owner && Fit(rest[^1], stays.Count))
                {
                    Append(rest[^1], stays);
                }
                else
                {
                    rest.Add(stays);
                }
            }
            _chunks = [.. rest];
        }

        /// <summary>The same chunk if all entries stay; null if none does.</summary>
        private Chunk? Rest(Chunk chunk, Predicate<int> isGone)
        {
            ReadOnlySpan<Entry> entries = chunk.Entries.AsSpan(0, chunk.Count);
            int first = 0;
            while (first < entries.Length && !isGone(entries[first].Place))
            {
                first++;
            }
            if (first == entries.Length)
            {
                return chunk;
            }
            var stay = new Entry[entries.Length];
            entries[..first].CopyTo(stay);
            int count = first;
            foreach (Entry entry in entries[(first + 1)..])
            {
                if (!isGone(entry.Place))
                {
                    stay[count++] = entry;
                }
            }
            return count == 0 ? null : new Chunk(_owner, stay, count);
        }

        private void Change()
        {
            if (_order is not null)
            {
                _chunks = [.. _chunks];
                _order = null;
            }
        }

        private Chunk Own(int chunk) => _chunks[chunk].Owner == _owner
            ? _chunks[chunk]
            : _chunks[chunk] = _chunks[chunk].CopyFor(_owner, 0, _chunks[chunk].Count);

        private static bool Fit(Chunk chunk, int more) => chunk.Count + more <= ChunkEntries / 2;

        private void Append(int chunk, Chunk more) => Append(Own(chunk), more);

        private static void Append(Chunk chunk, Chunk more)
        {
            foreach (Entry entry in more.Entries.AsSpan(0, more.Count))
            {
                chunk.Insert(chunk.Count, entry);
            }
        }

        private void Split(int chunk)
        {
            Chunk whole = _chunks[chunk];
            _chunks[chunk] = whole.CopyFor(_owner, 0, ChunkEntries / 2);
            InsertChunk(chunk + 1, whole.CopyFor(_owner, ChunkEntries / 2, ChunkEntries / 2));
        }

        private void InsertChunk(int index, Chunk chunk) => _chunks = [.. _chunks[..index], chunk, .. _chunks[index..]];

        private void RemoveChunk(int index) => _chunks = [.. _chunks[..index], .. _chunks[(index + 1)..]];
    }
}
