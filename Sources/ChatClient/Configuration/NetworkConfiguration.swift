import HTTPExchange

extension NetworkSettings {
    /// What the environment says of proxies and `SSL_CERT_FILE`, and the files that the settings name, read.
    init(_ layers: SettingLayers, _ folders: XDGFolders) throws(ConfigurationError) {
        self = .of(layers.environment)
        if let path = try layers.value(Settings.caFile).map(folders.expanding) {
            do throws(TrustSettings.Complaint) {
                try trust.accept(filed: path)
            } catch {
                throw layers.complaint(about: Settings.caFile, "\(path) \(error.text)")
            }
        }
        let (certificate, key) = (try layers.value(Settings.clientCertificate), try layers.value(Settings.clientKey))
        guard let certificate else {
            guard key == nil else {
                throw .contradiction(
                    "\(Settings.clientKey.name) is set, and \(Settings.clientCertificate.name) is not: one needs both.")
            }
            return
        }
        // One file may hold both.
        let (chain, secret) = (folders.expanding(certificate), folders.expanding(key ?? certificate))
        do throws(TrustSettings.Complaint) {
            try trust.show(certificate: chain, key: secret)
        } catch {
            let setting = error.isOfKey && key != nil ? Settings.clientKey : Settings.clientCertificate
            throw layers.complaint(about: setting, "\(error.isOfKey ? secret : chain) \(error.text)")
        }
    }
}
