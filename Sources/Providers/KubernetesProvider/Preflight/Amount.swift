/// Thousandths of a resource's unit, as people write them.
enum Amount {
    /// `1500m`, `4`, `16Gi`, `512Mi`.
    static func text(_ milli: Int, _ resource: String) -> String {
        guard resource == "memory" || resource == "ephemeral-storage" || resource == "storage" else {
            return milli % 1000 == 0 ? "\(milli / 1000)" : "\(milli)m"
        }
        let bytes = milli / 1000
        for (suffix, shift) in [("Gi", 30), ("Mi", 20), ("Ki", 10)] where bytes.magnitude >= 1 << shift {
            let tenths = bytes * 10 / (1 << shift)
            return tenths % 10 == 0 ? "\(tenths / 10)\(suffix)" : "\(tenths / 10).\(tenths.magnitude % 10)\(suffix)"
        }
        return "\(bytes)"
    }
}
