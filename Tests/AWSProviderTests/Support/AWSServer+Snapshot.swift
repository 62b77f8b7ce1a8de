import Documents

extension AWSServer {
    /// What is there, without what is another each time.
    func snapshot() async throws -> [String] {
        var lines: [String] = []
        for name in try await nodeGroups() {
            let group = try await nodeGroup(name)
            let machines: Node = [group["instanceTypes"] ?? .null, group["scalingConfig"] ?? .null]
            lines.append("group \(JSONEmitter.emit(machines))")
        }
        for role in try await roles() {
            let attached = try await boto("iam", "list_attached_role_policies", ["RoleName": .string(role)])
            let inline = try await boto("iam", "list_role_policies", ["RoleName": .string(role)])
            lines.append(
                "role \(attached["AttachedPolicies"]?.sequence?.count ?? 0) \(inline["PolicyNames"]?.sequence?.count ?? 0)"
            )
        }
        for bucket in try await buckets() {
            let arguments: Node = ["Bucket": .string(bucket)]
            let policy = try await boto("s3", "get_bucket_policy", arguments)["Policy"]?.string ?? ""
            let tags = try await boto("s3", "get_bucket_tagging", arguments)["TagSet"]?.sequence ?? []
            let lifecycle = try await boto("s3", "get_bucket_lifecycle_configuration", arguments)
            lines.append("bucket \(policy.count > 100) \(tags.count) \(lifecycle["Rules"]?.sequence?.count ?? 0)")
        }
        lines.append("distributions \(try await distributions().count)")
        let controls = try await boto("cloudfront", "list_origin_access_controls")
        lines.append("controls \(controls.value("OriginAccessControlList", "Items")?.sequence?.count ?? 0)")
        lines.append("log groups \(try await logGroups().count)")
        return lines.sorted()
    }
}
