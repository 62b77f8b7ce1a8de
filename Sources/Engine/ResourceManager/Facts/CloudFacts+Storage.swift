import Diagnostics
import Documents
import ServiceModel

/// Where a service's data lies outside its cluster, and how it is served and logged.
extension CloudFacts {
    var bucket: Node {
        guard let bucket = settings.value("storage", "bucket"), bucket["enabled"]?.bool == true else { return .null }
        let name = bucketName
        let cause = bucket["enabled"]?.location ?? .unknown
        return .mapping(
            Mapping(uniqueEntries: [
                .init("name", name), .init("url", url(of: name)),
                .init("prefix", .string(names.bucketPrefix, at: cause)),
                .init("place", names.place.map { .string($0, at: cause) } ?? .null),
                .init("versioning", bucket["versioning"] ?? false),
                .init("expire_noncurrent_days", days(bucket["expire_noncurrent_after"])),
                .init("encryption_key", bucket["encryption_key"] ?? .null),
            ]))
    }

    private var bucketName: Node {
        let bucket = settings.value("storage", "bucket")
        if let name = bucket?["name"] { return name }
        guard let account, let text = account.string, let name = names.bucket(account: text) else { return .null }
        return .string(name, at: (bucket?["enabled"] ?? account).location)
    }

    /// How programs address it; at Azure the container `data` of the storage account.
    private func url(of name: Node) -> Node {
        guard let text = name.string else { return .null }
        let url =
            switch spec.provider {
            case .aws: "s3://\(text)"
            case .gcp: "gs://\(text)"
            default: "https://\(text).blob.core.windows.net/data"
            }
        return .string(url, at: name.location)
    }

    /// Whole days, one at least.
    private func days(_ time: Node?) -> Node {
        guard let time, let span = time.string.flatMap(TimeSpan.init) else { return .null }
        return .integer(max((span.seconds + 86_399) / 86_400, 1), at: time.location)
    }

    /// A CDN serves the part of the bucket that is meant for it: models and data stay private.
    var cdn: Node {
        guard let enabled = settings.value("storage", "cdn_enabled"), enabled.bool == true, !bucket.isNull else {
            return .null
        }
        return .mapping(
            Mapping(uniqueEntries: [
                .init("name", names.identity.map { .string($0, at: enabled.location) } ?? .null),
                .init("prefix", .string("results/", at: enabled.location)),
            ]), at: enabled.location)
    }

    /// Null at Azure, where a workspace of the whole cluster keeps them.
    var logs: Node {
        guard spec.provider != .azure, let retention = settings.value("monitoring", "log_retention"),
            let days = days(retention).integer
        else {
            return .null
        }
        let cluster = setting("cluster")?.string ?? ""
        return .mapping(
            Mapping(uniqueEntries: [
                .init("name", .string(names.nodePool, at: retention.location)),
                .init("group", .string("/synthdata/\(cluster)/\(spec.service)", at: retention.location)),
                .init(
                    "retention_days",
                    .integer(spec.provider == .aws ? Self.retention(atLeast: days) : days, at: retention.location)),
            ]))
    }

    /// CloudWatch keeps logs for certain times only.
    /// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    private static func retention(atLeast days: Int) -> Int {
        let times = [
            1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
        ]
        return times.first { $0 >= days } ?? 3653
    }
}
