"""Every reason of the core in two sentences: what happened, and what to do now."""

from tui.core.failure import Reason
from tui.kiosk.text import N_

REASONS: dict[Reason, tuple[str, str]] = {
    # token
    Reason.NO_TOKEN: (N_("没有找到CA。"), N_("请将CA证书U盘插入USB接口，稍等片刻。")),
    Reason.TOKEN_REMOVED: (N_("办理过程中CA被拔出。"), N_("请插回同一个CA，然后继续。")),
    Reason.TOKEN_SWAPPED: (N_("插入的不是开始办理时的那个CA。"), N_("请拔出这个CA，插回原来的CA。")),
    Reason.TOKEN_FULL: (N_("CA的存储空间已满，放不下新证书。"), N_("请联系客服清理CA中不用的证书，再继续办理。")),
    Reason.TOKEN_BUSY: (N_("CA正被其他程序占用。"), N_("请关闭其他使用CA的程序，然后重试。")),
    Reason.TOKEN_READ_ONLY: (N_("CA处于写保护状态，不能写入新证书。"), N_("请联系客服解除写保护或更换CA。")),
    Reason.TOKEN_UNSUPPORTED: (N_("这个CA不支持在线续期所需的功能。"), N_("请联系客服更换CA。")),
    Reason.TOKEN_FAULT: (N_("CA或其驱动报告故障。"), N_("请拔出CA，重新插入后重试。")),
    Reason.NO_READER: (
        N_("没有找到读卡器，电脑也没有识别到CA。"),
        N_("请将CA证书U盘插入USB接口。已经插好的，请换一个USB接口再插一次。"),
    ),
    Reason.READER_UNRECOGNISED: (
        N_("USB上插着读卡设备，但读卡服务无法识别。"),
        N_("请工作人员安装读卡器驱动（libccid或厂商的驱动）。"),
    ),
    Reason.READER_SERVICE_DOWN: (N_("读卡服务没有运行，无法读取CA。"), N_("请工作人员启动读卡服务（pcscd）。")),
    Reason.READER_NOT_ALLOWED: (
        N_("本程序没有权限使用读卡服务。"),
        N_("请工作人员为本程序的用户开放读卡服务（polkit规则）。"),
    ),
    Reason.CARD_UNKNOWN: (
        N_("读卡器里有卡，但CA驱动无法识别。"),
        N_("请拔出CA，重新插好。仍无法识别的，请工作人员安装该CA厂商的驱动并写入设置。"),
    ),
    Reason.DRIVER_MISSING: (N_("没有找到CA驱动的文件。"), N_("请工作人员安装CA驱动，或更正设置中的驱动路径。")),
    Reason.DRIVER_FOLDER: (
        N_("设置中的CA驱动路径是一个文件夹。"),
        N_("请工作人员把驱动路径改为其中的驱动文件（.so）。"),
    ),
    Reason.DRIVER_UNREADABLE: (N_("本程序没有权限读取CA驱动的文件。"), N_("请工作人员更改该文件或其文件夹的权限。")),
    Reason.DRIVER_NO_LIBRARY: (
        N_("CA驱动的文件不是程序库，或已损坏。"),
        N_("请工作人员重新安装CA驱动，或更正驱动路径。"),
    ),
    Reason.DRIVER_FOR_WINDOWS: (
        N_("这个CA驱动是Windows的（.dll）。"),
        N_("请工作人员安装同一厂商的Linux版CA驱动（.so）。"),
    ),
    Reason.DRIVER_OTHER_MACHINE: (
        N_("这个CA驱动是为另一种机器编译的（位数、处理器或系统不同）。"),
        N_("请工作人员安装与本机相同位数和处理器的CA驱动。"),
    ),
    Reason.DRIVER_INCOMPLETE: (N_("CA驱动依赖的程序库缺失或版本不符。"), N_("请工作人员安装CA驱动所需的程序库。")),
    Reason.DRIVER_NO_FUNCTIONS: (
        N_("这个程序库不是PKCS#11驱动（没有C_GetFunctionList）。"),
        N_("请工作人员把驱动路径改为厂商的PKCS#11驱动。"),
    ),
    Reason.DRIVER_REFUSES: (
        N_("CA驱动已加载，但拒绝启动。"),
        N_("请工作人员检查读卡服务（pcscd）和CA驱动的设置，再按「环境检测」。"),
    ),
    Reason.DRIVER_CRASHED: (N_("CA驱动意外退出，已重新启动。"), N_("请拔出CA，重新插入后重试。")),
    Reason.DRIVER_HUNG: (N_("CA长时间没有响应，操作已中止。"), N_("请拔出CA，重新插入后重试。")),
    Reason.WRONG_PIN: (N_("CA密码不正确。"), N_("请重新输入。连续输错会锁定CA。")),
    Reason.PIN_LENGTH: (N_("CA密码的长度不对，不计入输错次数。"), N_("请核对后重新输入。")),
    Reason.PIN_LOCKED: (
        N_("CA密码连续输错，CA已锁定。"),
        N_("请携带CA和有效证件到发证机构的柜台解锁，解锁后可继续办理。"),
    ),
    Reason.PIN_EXPIRED: (N_("CA要求先修改密码。"), N_("请按「修改CA密码」，修改后再办理。")),
    Reason.PIN_CANCELLED: (N_("已在CA上取消输入密码。"), N_("请重试，并在CA的键盘上输入密码。")),
    Reason.SIGNING_PIN_REFUSED: (
        N_("这个CA的密钥每次签名都要单独验证密码，而它没有接受登录时的CA密码。"),
        N_("请不要反复尝试。请联系客服，说明CA要求单独的签名密码。"),
    ),
    Reason.NEW_PIN_LENGTH: (N_("CA不接受新密码的长度，密码没有修改。"), N_("请按要求的位数另定一个新密码。")),
    Reason.NEW_PIN_CHARACTERS: (N_("新密码中有CA不接受的字符，密码没有修改。"), N_("请只用数字和字母另定一个新密码。")),
    Reason.NEW_PIN_WEAK: (N_("CA认为新密码太简单，密码没有修改。"), N_("请另定一个不易猜到的新密码。")),
    Reason.SO_PIN_WRONG: (N_("管理员密码不正确。"), N_("请工作人员核对后再试。连续输错会使CA再也不能解锁。")),
    Reason.SO_PIN_LOCKED: (N_("管理员密码连续输错，已锁定。"), N_("这个CA不能再解锁。请联系客服更换CA。")),
    Reason.KEY_MISSING: (N_("CA中没有与证书配套的私钥。"), N_("请确认插入的是申请证书时的CA，或联系客服。")),
    Reason.SIGNATURE_FALSE: (N_("CA的签名与证书不符。"), N_("请拔出CA，重新插入后重试；再次出现请更换CA。")),
    # certificate
    Reason.NO_CERTIFICATE: (N_("这个CA中没有证书。"), N_("请确认插入的是需要续期的CA。")),
    Reason.CERTIFICATE_HIDDEN: (
        N_("未输入CA密码，看不到CA中的签名证书。"),
        N_("证书可能要在输入CA密码后才显示。请按「开始办理」，输入CA密码后查看。"),
    ),
    Reason.CERTIFICATE_EXPIRED: (N_("证书已过期，不能在线续期。"), N_("请按《CA办理指南》重新申请CA。")),
    Reason.TOO_EARLY: (N_("证书还没有到可续期的时间。"), N_("请在到期前{window}天内再来办理，提前续期不损失有效期。")),
    Reason.NOT_YET_VALID: (N_("证书尚未生效。"), N_("请在证书生效后再来办理；如果日期不对，请联系客服。")),
    Reason.FOREIGN_CERTIFICATE: (N_("这不是网证通签发的证书。"), N_("请插入网证通签发的CA。")),
    Reason.CERTIFICATE_UNREADABLE: (N_("CA中的证书无法读取。"), N_("请拔出CA，重新插入后重试，或联系客服。")),
    Reason.CERTIFICATE_MALFORMED: (
        N_("这张证书的编码不符合标准，不能在线续期。"),
        N_("请携带CA到柜台办理，或联系客服。"),
    ),
    Reason.NO_SIGNING_CERTIFICATE: (
        N_("CA中只有加密等用途的证书，没有签名证书。"),
        N_("续期只用签名证书办理，加密证书、机构证书和自签名证书不单独续期。请插入有签名证书的CA，或联系客服。"),
    ),
    Reason.SM2_UNSUPPORTED: (
        N_("这张证书使用国密（SM2）密钥，续期需要SKF（GM/T 0016）接口的驱动。"),
        N_("本版本没有这种驱动。请携带CA到柜台办理，或联系客服。"),
    ),
    Reason.KEY_UNSUPPORTED: (N_("这张证书的密钥算法不支持在线续期。"), N_("请联系客服，到柜台办理。")),
    Reason.NO_TERM_LEFT: (
        N_("发证机构自身的证书将先到期，目前没有可以办理的续期时间，没有扣款。"),
        N_("请联系客服，待发证机构更新证书后再来办理。"),
    ),
    Reason.ALREADY_RENEWED: (N_("这张证书已经续期过。"), N_("请使用CA中的新证书，可在「我的证书」中查看。")),
    # account
    Reason.WRONG_PASSWORD: (N_("账号或密码不正确。"), N_("请核对后重新输入。")),
    Reason.ACCOUNT_LOCKED: (N_("密码多次输错，账号暂时锁定。"), N_("请稍后再试，到时自动解锁。")),
    Reason.NOT_THE_APPLICANT: (N_("当前账号不是申请这个CA的账号。"), N_("请务必使用申请CA时的账号登录。")),
    Reason.SESSION_ENDED: (N_("登录已失效。"), N_("请重新登录，已填写的内容仍然保留。")),
    # form and agreement
    Reason.FORM_INVALID: (N_("有内容需要更正。"), N_("请按标出的提示逐项更正，再提交。")),
    Reason.AGREEMENT_CHANGED: (N_("协议已更新为新版本。"), N_("请阅读新版协议，勾选后继续。")),
    Reason.PRICE_CHANGED: (N_("续期费用有变动。"), N_("请查看新的费用，确认后重新提交。")),
    Reason.TERM_TOO_LONG: (
        N_("所选的续期时间会超出发证机构自身证书的有效期，现在不能办理。"),
        N_("请改选较短的续期时间；已生成订单的，请撤销申请后重新办理。"),
    ),
    # application
    Reason.APPLICATION_MISSING: (N_("没有找到这笔申请。"), N_("请重新办理，或联系客服查询。")),
    Reason.APPLICATION_MOVED_ON: (N_("申请的状态已经变化。"), N_("请以屏幕上显示的最新状态为准。")),
    Reason.REQUEST_REFUSED: (N_("续期申请的签名未通过验证。"), N_("请联系客服，并告知业务单号。")),
    Reason.KEY_REUSED: (N_("新密钥已被使用过，申请未被接受。"), N_("请联系客服，并告知业务单号。")),
    Reason.PROOF_REFUSED: (N_("新证书的验证未通过。"), N_("请再次输入CA密码安装，不会重复收费。")),
    # payment
    Reason.PAYMENT_PENDING: (N_("还有一笔支付正在进行。"), N_("请等待其结束，再选择其他支付方式。")),
    Reason.PAYMENT_REFUSED: (N_("支付平台没有接受这笔订单。"), N_("请重试，或选择其他支付方式。")),
    Reason.PAYMENT_PLATFORM_DOWN: (N_("支付平台没有响应。"), N_("请稍后重试，或选择其他支付方式。")),
    Reason.PAYMENT_FROZEN: (N_("这笔支付需要人工核对。"), N_("请联系客服，并告知业务单号。")),
    Reason.ORDER_MISMATCH: (
        N_("订单金额与二维码金额不一致，未显示二维码。"),
        N_("请不要付款，联系客服，并告知业务单号。"),
    ),
    Reason.NOT_PAID_YET: (N_("暂未查询到付款。"), N_("请在手机上完成支付；如果刚刚付过款，请稍等片刻。")),
    Reason.ALREADY_PAID: (N_("这笔订单已经支付。"), N_("无需再次支付，请继续办理。")),
    # issuing
    Reason.ISSUING_FAILED: (N_("证书签发没有成功。"), N_("请稍后重试，或联系客服，并告知业务单号。")),
    Reason.CERTIFICATE_MISMATCH: (N_("签发的证书与申请不一致，没有安装。"), N_("请联系客服，并告知业务单号。")),
    # desk and kiosk
    Reason.DESK_UNREACHABLE: (N_("无法连接续期服务。"), N_("请检查网络，然后重试。")),
    Reason.DESK_UNTRUSTED: (N_("续期服务的身份未通过验证，已停止连接。"), N_("请不要继续，并通知工作人员。")),
    Reason.DESK_CERTIFICATE_EXPIRED: (
        N_("续期服务的网站证书不在有效期内，已停止连接。"),
        N_("请工作人员核对本终端的日期；日期无误时，请联系客服更换网站证书。"),
    ),
    Reason.DESK_TIMEOUT: (N_("续期服务没有及时响应。"), N_("请稍后重试，不会重复提交。")),
    Reason.DESK_FAULT: (N_("续期服务出现故障。"), N_("请稍后重试；再次出现请联系客服。")),
    Reason.DESK_BUSY: (N_("续期服务繁忙。"), N_("请稍等片刻后重试。")),
    Reason.KIOSK_TOO_OLD: (N_("本终端的程序版本过低。"), N_("请工作人员升级程序后再办理。")),
    Reason.CLOCK_WRONG: (
        N_("本终端的时间与续期服务不一致。"),
        N_("请工作人员校准本终端的日期和时间（timedatectl set-ntp true），再按「重试」。"),
    ),
    Reason.SETTINGS_WRONG: (N_("本终端的设置有误。"), N_("请工作人员检查设置文件。")),
    Reason.KIOSK_FAULT: (N_("程序出现故障。"), N_("请重试；再次出现请通知工作人员。")),
}
"""Reason -> (what happened, what to do); source Chinese."""
